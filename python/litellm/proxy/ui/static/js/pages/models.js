// Deployments: what is served by which name, at which price, and whether it answers.

import { api } from "../lib/api.js";
import { openDialog } from "../lib/dialog.js";
import { h } from "../lib/dom.js";
import { entityPage } from "../lib/entity.js";
import { followed } from "../lib/followed.js";
import { number } from "../lib/format.js";
import { emptyBox, errorBox, loadingBox, notify } from "../lib/notices.js";
import { attempt, badge, button, code } from "../lib/parts.js";
import { isAdmin, may, session } from "../lib/session.js";
import { wholeList } from "../lib/table.js";

const MILLION = 1_000_000;
const MODES = ["chat", "completion", "embedding", "image_generation", "audio_speech", "audio_transcription", "rerank", "responses", "moderation"];

export async function show() {
  const mayStore = isAdmin() && session().stores_models;
  const page = entityPage({
    title: "Models", noun: "model", createLabel: "Add model",
    intro: session().stores_models ? "What applications ask for by name, and the deployments behind it." : "What the config file serves. Set general_settings.store_model_in_db to add models here.",
    links: may("info") && button("Check health", checkHealth),
    name: (row) => row.model_name,
    table: {
      label: "Models", search: "Name, provider or model", sort: "model_name", descending: false, empty: "No model is served to you.",
      columns: [
        { label: "Name", sort: "model_name", open: true, value: (row) => row.model_name },
        { label: "Deployment", value: (row) => row.litellm_params.model },
        { label: "Kind", value: (row) => row.model_info.mode ?? "–" },
        { label: "Input / M tokens", number: true, value: (row) => price(row.model_info.input_cost_per_token) },
        { label: "Output / M tokens", number: true, value: (row) => price(row.model_info.output_cost_per_token) },
        { label: "Context", number: true, value: (row) => number(row.model_info.max_input_tokens) },
        { label: "From", value: (row) => (row.model_info.db_model ? badge("Database", "good") : badge("Config file")) },
      ],
      load: wholeList(async () => (await api.get("model/info")).data, { text: (row) => `${row.model_name} ${row.litellm_params.model} ${row.model_info.litellm_provider ?? ""}` }),
    },
    fields: (row) => fields(row),
    values: (row) => valuesOf(row),
    mayChange: (row) => isAdmin() && (row.model_info.db_model || may("admin")),
    create: mayStore && (async (given) => served(await api.post("model/new", body(given)))),
    also: { label: "Test connection", run: tryOut },
    update: mayStore && ((row, given) => api.patch(`model/${encodeURIComponent(row.model_info.id)}/update`, body(given))),
    remove: mayStore && ((row) => api.post("model/delete", { id: row.model_info.id })),
    removeMessage: (row) => `${row.model_name} is no longer served by this deployment.`,
    buttons: (row, again) => [
      isAdmin() && button("Test connection", () => tryServed(row)),
      mayStore && button("Show to everybody", () => publish(row, again)),
    ],
    facts: factsOf,
    sections: (row) => [h("section", {}, h("h3", {}, "Parameters"), code(row.litellm_params)), h("details", {}, h("summary", {}, "All that is known of it"), code(row.model_info))],
  });
  return [...page.slice(0, 1), await endings(), ...page.slice(1)];
}

function price(value) {
  return value === undefined || value === null ? "–" : `$${Number((value * MILLION).toPrecision(6))}`;
}

function factsOf(row) {
  const info = row.model_info;
  return [
    ["Id", info.id], ["Deployment", row.litellm_params.model], ["Provider", info.litellm_provider], ["Kind", info.mode],
    ["Input per million tokens", price(info.input_cost_per_token)], ["Output per million tokens", price(info.output_cost_per_token)],
    ["Cached input per million tokens", price(info.cache_read_input_token_cost)], ["Longest input", number(info.max_input_tokens)], ["Longest output", number(info.max_output_tokens)],
    ["Requests per minute", number(row.litellm_params.rpm)], ["Tokens per minute", number(row.litellm_params.tpm)],
    ["Can", ["vision", "function_calling", "prompt_caching", "response_schema", "reasoning"].filter((name) => info[`supports_${name}`]).map((name) => name.replace("_", " ")).join(", ")],
  ];
}

async function fields(row) {
  const providers = await api.get("public/providers");
  const credentials = may("view") ? (await api.get("credentials")).credentials.map((found) => found.credential_name) : [];
  return [
    { name: "model_name", label: "Name for applications", required: true, placeholder: "gpt-4o" },
    { name: "model", label: "Deployment", required: true, type: "suggested", options: providers.map((name) => `${name}/`), placeholder: "provider/model", hint: "As in openai/gpt-4o or azure/my-deployment." },
    { name: "mode", label: "Kind", type: "select", options: [["", "As the catalogue says"], ...MODES] },
    { name: "litellm_credential_name", label: "Credential", type: "suggested", options: credentials, hint: "Or a key of its own:" },
    { name: "api_key", label: "API key", type: "secret", hint: row && "Left blank, it stays as it is." },
    { name: "api_base", label: "Address (api_base)", placeholder: "https://…" },
    { name: "input", label: "Input price (USD per million tokens)", type: "money", more: true },
    { name: "output", label: "Output price (USD per million tokens)", type: "money", more: true },
    { name: "rpm", label: "Requests per minute", type: "integer", more: true },
    { name: "tpm", label: "Tokens per minute", type: "integer", more: true },
    { name: "others", label: "Other parameters", type: "json", more: true, placeholder: '{"api_version": "2024-10-21", "tags": ["paid"]}' },
  ];
}

function valuesOf(row) {
  const { model, api_base, rpm, tpm, litellm_credential_name, input_cost_per_token: input, output_cost_per_token: output } = row.litellm_params;
  const million = (value) => (value === undefined ? undefined : value * MILLION);
  return { model_name: row.model_name, model, api_base, rpm, tpm, litellm_credential_name, mode: null, input: million(input), output: million(output) };
}

/** A form's values as the model routes take them. */
function body({ model_name, mode, input, output, others, ...params }) {
  const litellm_params = { ...params, ...others };
  if (input !== undefined && input !== null) litellm_params.input_cost_per_token = input / MILLION;
  if (output !== undefined && output !== null) litellm_params.output_cost_per_token = output / MILLION;
  const sent = {};
  if (model_name) sent.model_name = model_name;
  if (Object.keys(litellm_params).length > 0) sent.litellm_params = litellm_params;
  if (mode) sent.model_info = { mode };
  return sent;
}

/** Wait until a new deployment is served, which takes every process of the gateway a moment. */
async function served(made) {
  await followed("model", async () => (await api.get("model/info")).data.some((row) => row.model_info.id === made.model_id));
  return made;
}

async function tryOut(given) {
  const { litellm_params: params } = body(given);
  report(await api.post("health/test_connection", { litellm_params: params, mode: given.mode }));
}

function tryServed(row) {
  return attempt(async () => report(await api.post("health/test_connection", { litellm_params: { model: row.model_name } })));
}

function report({ status, result }) {
  if (status !== "success") throw new Error(result.error);
  notify("It answers.");
}

async function publish(row, again) {
  const done = await attempt(async () => {
    const shown = (await api.get("public/model_hub")).map((group) => group.model_group);
    await api.post("model_group/make_public", { model_groups: [...new Set([...shown, row.model_name])] });
  }, `${row.model_name} is listed at public/model_hub.`);
  if (done) again();
}

function checkHealth() {
  const place = h("div", {}, loadingBox("Calling every deployment"));
  openDialog("Health", place, { shape: "wide" });
  api.get("health").then((found) => place.replaceChildren(healthReport(found)), (error) => place.replaceChildren(errorBox(error)));
}

function healthReport({ healthy_endpoints: healthy, unhealthy_endpoints: unhealthy }) {
  if (healthy.length + unhealthy.length === 0) return emptyBox("There is no deployment to call.");
  const line = (found) => h("tr", {}, h("td", {}, found.model), h("td", {}, found.error ? badge("Fails", "bad") : badge("Answers", "good")), h("td", {}, found.error ?? found.api_base ?? "–"));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Health" }, h("table", {},
    h("thead", {}, h("tr", {}, ["Deployment", "State", "What it said"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, [...unhealthy, ...healthy].map(line))));
}

/** A warning of the models that their providers end. */
async function endings() {
  const { deprecated, imminent } = await api.get("model/deprecations");
  const rows = [...deprecated, ...imminent];
  if (rows.length === 0) return null;
  const word = (row) => (row.status === "deprecated" ? `ended on ${row.deprecation_date}` : `ends on ${row.deprecation_date}`);
  return h("div", { class: "card padded warning", role: "note" }, h("h2", {}, "Models that end"), h("ul", {}, rows.map((row) => h("li", {}, `${row.model_name} (${row.litellm_model}) ${word(row)}`))));
}
