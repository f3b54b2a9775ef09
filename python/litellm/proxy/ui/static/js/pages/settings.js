// The gateway's settings, those that can be changed while it runs.

import { api } from "../lib/api.js";
import { confirmed } from "../lib/dialog.js";
import { h, replace } from "../lib/dom.js";
import { formDialog } from "../lib/entity.js";
import { form } from "../lib/form.js";
import { emptyBox, errorBox, loadingBox, notify } from "../lib/notices.js";
import { attempt, badge, button, code, pageHead, tabbed } from "../lib/parts.js";
import { isAdmin, session } from "../lib/session.js";
import { dataTable, wholeList } from "../lib/table.js";

const PAGES = [
  ["internal_user_settings", "New users", "What users get at their first sign-in."], ["default_team_settings", "New teams", "What teams get that are made by sign-ins."],
  ["ui_theme_settings", "Appearance", "The logo of these pages."], ["user_banner", "Banner", "A message to everybody."], ["ui_settings", "Pages", "What these pages let people do."],
  ["sso_settings", "Single sign-on", "The identity provider. What is set here holds before the environment's variables."],
];
const SOURCES = { db: ["Database", "good"], config: ["Config file", ""], unset: ["Not set", ""] };

export async function show() {
  const tabs = [["General", general], ["Router", () => later(router)], ["Callbacks and alerts", () => later(callbacks)], ["Caching", () => later(caching)], ["Costs", () => later(costs)]];
  if (isAdmin()) tabs.push(["Access", () => later(addresses)], ...PAGES.map(([name, label, intro]) => [label, () => later(() => settingsPage(name, intro))]));
  const hint = session().stores_models ? null : h("p", { class: "muted" }, "Read only: set general_settings.store_model_in_db to change settings here.");
  const reload = isAdmin() && button("Read the config file again", () => attempt(() => api.post("reload/config"), "The config was read again."));
  return [pageHead("Settings", "What is set here is kept in the database and holds before the config file.", reload), hint, tabbed("Settings", tabs)];
}

/** A place that is filled when `work` is done, and again after each change. */
function later(work) {
  const place = h("div", { class: "stack" }, loadingBox());
  const fill = async () => {
    try {
      replace(place, await work(fill));
    } catch (error) {
      replace(place, errorBox(error, fill));
    }
  };
  fill();
  return place;
}

function card(title, ...children) {
  return h("section", { class: "card padded" }, h("h2", {}, title), children);
}

function general() {
  return dataTable({
    label: "General settings", search: "Name", sort: "field_name", descending: false, size: 50,
    filters: [{ name: "source", label: "From", options: [["", "All"], ["set", "Set"], ["db", "Database"], ["config", "Config file"]], initial: "set" }],
    columns: [
      { label: "Setting", sort: "field_name", open: true, value: (row) => row.field_name },
      { label: "Kind", value: (row) => row.field_type },
      { label: "Value", class: "mono", value: (row) => (row.field_value === null ? "–" : JSON.stringify(row.field_value)) },
      { label: "From", value: (row) => badge(...SOURCES[row.source]) },
    ],
    empty: "Nothing is set.",
    load: wholeList(() => api.get("config/list", { config_type: "general_settings" }), {
      text: (row) => row.field_name,
      matches: (row, { source }) => !source || (source === "set" ? row.source !== "unset" : row.source === source),
    }),
    open: isAdmin() ? changeSetting : undefined,
  }).element;
}

const TYPES = { Boolean: "checkbox", Integer: "integer", Float: "money", String: "text" };

function changeSetting(row, refresh) {
  const type = TYPES[row.field_type] ?? "json";
  const forget = {
    label: "Forget the database's value",
    run: async () => {
      await api.post("config/field/delete", { field_name: row.field_name, config_type: "general_settings" });
      notify("The config file's value holds.");
      refresh();
    },
  };
  return formDialog(row.field_name, [{ name: "field_value", label: "Value", type, initial: row.field_value, wide: true, hint: row.editable ? null : "This one is set in the config file alone." }], {
    also: row.source === "db" ? forget : undefined,
    submit: async ({ field_value = null }) => {
      await api.post("config/field/update", { field_name: row.field_name, field_value, config_type: "general_settings" });
      notify("The setting was changed.");
      refresh();
    },
  });
}

/** An editor of one key of a section, as JSON. */
function jsonForm(section, fields, values, done) {
  return form({
    fields: fields.map((field) => ({ type: "json", ...field })), values,
    submit: async (given) => {
      await api.post("config/update", { [section]: given });
      notify("The settings were changed.");
      done();
    },
  });
}

async function router(again) {
  const { router_settings: current } = await api.get("get/config/callbacks");
  const fields = [
    { name: "routing_strategy", label: "Strategy", type: "select", options: [["", "Default (simple-shuffle)"], "simple-shuffle", "least-busy", "usage-based-routing-v2", "latency-based-routing", "cost-based-routing"] },
    { name: "num_retries", label: "Retries", type: "integer" }, { name: "timeout", label: "Timeout (s)", type: "money" },
    { name: "allowed_fails", label: "Failures before a cooldown", type: "integer" }, { name: "cooldown_time", label: "Cooldown (s)", type: "money" },
    { name: "fallbacks", label: "Fallbacks", placeholder: '[{"gpt-4o": ["claude"]}]' }, { name: "context_window_fallbacks", label: "Fallbacks for long inputs" },
    { name: "model_group_alias", label: "Aliases of models", placeholder: '{"gpt": "gpt-4o"}' },
  ];
  return card("Routing, retries and fallbacks", isAdmin() ? jsonForm("router_settings", fields, current, again) : code(current));
}

async function callbacks(again) {
  const found = await api.get("get/config/callbacks");
  const names = found.callbacks.map((callback) => callback.name);
  const remove = (name) => button("Remove", async () => {
    const sure = await confirmed({ title: "Remove callback", message: `${name} is told of no further calls.`, action: "Remove" });
    if (sure && (await attempt(() => api.post("config/callback/delete", { callback_name: name }), "The callback was removed."))) again();
  }, "small danger");
  const listed = names.length === 0 ? emptyBox("No callbacks.") : h("ul", { class: "lines" }, found.callbacks.map(({ name, type }) => h("li", { class: "row" }, name, badge(type.replaceAll("_", " ")), h("div", { class: "spacer" }), isAdmin() && remove(name))));
  const add = isAdmin() && jsonForm("litellm_settings", [{ name: "callbacks", label: "Callbacks for all calls", type: "chips", options: ["langfuse", "prometheus", "otel", "s3", "datadog", "slack"] }],
    { callbacks: found.callbacks.filter(({ type }) => type === "success_and_failure").map(({ name }) => name) }, again);
  const alerts = isAdmin() ? jsonForm("general_settings", [{ name: "alerting", label: "Alerts go to", type: "chips", options: ["slack", "webhook", "email"] }], { alerting: found.active_alerting_destinations }, again)
    : code(found.active_alerting_destinations);
  return [card("Callbacks", listed, add), card("Alerts", alerts)];
}

async function caching(again) {
  const { cache } = await api.get("health/readiness");
  const state = h("p", { class: "muted" }, cache ? `Responses are cached in ${cache}.` : "Responses are not cached.");
  const fields = [{ name: "cache", label: "Cache responses", type: "checkbox" }, { name: "cache_params", label: "Parameters", placeholder: '{"type": "redis", "ttl": 600}' }];
  return card("Caching", state, isAdmin() && jsonForm("litellm_settings", fields, { cache: Boolean(cache) }, again));
}

async function costs(again) {
  const [discounts, margins, unpriced] = await Promise.all([api.get("config/cost_discount_config"), api.get("config/cost_margin_config"), api.get("config/block_requests_for_models_without_pricing")]);
  if (!isAdmin()) return [card("Discounts", code(discounts.values)), card("Margins", code(margins.values))];
  const shares = (title, path, values, hint) => card(title, form({
    fields: [{ name: "values", label: title, type: "json", hint }], values: { values },
    submit: async ({ values: given }) => {
      await api.patch(path, given ?? {});
      notify("The settings were changed.");
      again();
    },
  }));
  return [
    shares("Discounts", "config/cost_discount_config", discounts.values, 'By provider, the share that is taken off: {"openai": 0.1}'),
    shares("Margins", "config/cost_margin_config", margins.values, 'By provider, or for all as "global", the share that is put on: {"global": 0.05}'),
    card("Models without a price", form({
      fields: [{ name: "enabled", label: "Refuse calls to models whose price is not known", type: "checkbox" }], values: unpriced,
      submit: async (given) => {
        await api.patch("config/block_requests_for_models_without_pricing", { enabled: given.enabled ?? unpriced.enabled });
        notify("The setting was changed.");
        again();
      },
    })),
  ];
}

async function addresses(again) {
  const { data } = await api.get("get/allowed_ips");
  const remove = (ip) => button("Remove", async () => {
    if (await attempt(() => api.post("delete/allowed_ip", { ip }), "The address was removed.")) again();
  }, "small danger");
  const listed = data ? h("ul", { class: "lines" }, data.map((ip) => h("li", { class: "row" }, h("span", { class: "mono" }, ip), h("div", { class: "spacer" }), remove(ip)))) : h("p", { class: "muted" }, "Every address is let in. With the first one that is added here, no other is: begin with your own.");
  return card("Addresses that are let in", listed, form({
    action: "Add address", fields: [{ name: "ip", label: "Address or range", required: true, placeholder: "10.0.0.0/8" }],
    submit: async (given) => {
      await api.post("add/allowed_ip", given);
      again();
    },
  }));
}

const KINDS = { string: "text", number: "money", integer: "integer", boolean: "checkbox", array: "chips", object: "json" };

async function settingsPage(name, intro, again = () => {}) {
  const { values, field_schema: schema } = await api.get(`get/${name}`);
  const label = (field) => field.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());
  const fields = Object.entries(schema.properties).map(([field, { type }]) => (values[field] === "********"
    ? { name: field, label: label(field), type: "secret", hint: "Set. Left blank, it stays as it is." } : { name: field, label: label(field), type: KINDS[type] ?? "json" }));
  return card(label(name), h("p", { class: "muted" }, intro), form({
    fields, values: Object.fromEntries(Object.entries(values).map(([field, value]) => [field, value === "********" ? null : value])),
    submit: async (given) => {
      await api.patch(`update/${name}`, given);
      notify("The settings were changed.");
      again();
    },
  }));
}
