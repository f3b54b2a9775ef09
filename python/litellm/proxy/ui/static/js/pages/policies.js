// Policies: which guardrails run for whom.

import { api } from "../lib/api.js";
import * as choices from "../lib/choices.js";
import { h } from "../lib/dom.js";
import { entityPage, formDialog } from "../lib/entity.js";
import { list, when } from "../lib/format.js";
import { notify } from "../lib/notices.js";
import { attempt, badge, button, code } from "../lib/parts.js";
import { isAdmin } from "../lib/session.js";
import { wholeList } from "../lib/table.js";

const path = (row) => `policies/${encodeURIComponent(row.policy_id)}`;
const ofDatabase = (row) => row.definition_location === "db";
const STATES = { production: "good", draft: "warn" };
const KINDS = [["teams", "Teams"], ["keys", "Keys"], ["models", "Models"], ["tags", "Tags"]];

export async function show() {
  return entityPage({
    title: "Policies", noun: "policy", intro: "A policy names guardrails and is attached to teams, keys, models or tags. All policies that hold for a call are added up.",
    name: (row) => row.policy_name,
    table: {
      label: "Policies", search: "Name", sort: "policy_name", descending: false, empty: "No policies yet.",
      columns: [
        { label: "Name", sort: "policy_name", open: true, value: (row) => row.policy_name },
        { label: "Version", number: true, value: (row) => row.version_number },
        { label: "State", value: (row) => badge(row.version_status, STATES[row.version_status]) },
        { label: "Inherits", value: (row) => row.inherit ?? "–" },
        { label: "Guardrails", value: (row) => list(row.guardrails_add, 4) },
        { label: "From", value: (row) => (ofDatabase(row) ? badge("Database", "good") : badge("Config file")) },
      ],
      load: wholeList(async () => (await api.get("policies/list")).policies, { text: (row) => row.policy_name }),
    },
    fields: async (row) => {
      const [guardrails, policies] = await Promise.all([names("v2/guardrails/list", "guardrails", "guardrail_name"), names("policies/list", "policies", "policy_name")]);
      return [
        !row && { name: "policy_name", label: "Name", required: true },
        { name: "description", label: "Description", wide: true },
        { name: "inherit", label: "Inherits", type: "select", options: choices.optional([...new Set(policies)].filter((name) => name !== row?.policy_name).map((name) => [name, name])) },
        { name: "guardrails_add", label: "Adds", type: "chips", options: guardrails },
        { name: "guardrails_remove", label: "Leaves out", type: "chips", options: guardrails, hint: "Of those that it inherits." },
        { name: "model", label: "For models", hint: "A name, or a regular expression of a whole name; all, when it is blank." },
        { name: "pipeline", label: "Pipeline", type: "json", more: true, placeholder: '{"mode": "pre_call", "steps": [{"guardrail": "…", "on_fail": "block"}]}' },
      ];
    },
    values: (row) => ({ ...row, model: row.condition?.model }),
    mayChange: (row) => isAdmin() && ofDatabase(row),
    create: isAdmin() && ((given) => api.post("policies", body(given))),
    update: (row, given) => api.put(path(row), body(given)),
    remove: (row) => api.delete(path(row)),
    removeMessage: (row) => `${row.policy_name} holds for no call any more.`,
    buttons: (row, again) => [button("Attach", () => attach(row, again)), ...moves(row, again)],
    details: async (row) => ({ ...row, ...(await api.get(`${path(row)}/resolved-guardrails`)), attachments: (await api.get("policies/attachments/list")).attachments.filter((item) => item.policy_name === row.policy_name) }),
    facts: (row) => [["Description", row.description], ["State", row.version_status], ["Inherits", row.inherit], ["Adds", list(row.guardrails_add, 20)], ["Leaves out", list(row.guardrails_remove, 20)],
      ["Comes to", list(row.resolved_guardrails, 20)], ["For models", row.condition && [].concat(row.condition.model).join(", ")], ["Changed", when(row.updated_at)], ["By", row.updated_by]],
    sections: (row, again) => [h("section", {}, h("h3", {}, "Attached to"), attachments(row.attachments, again)), row.pipeline && h("section", {}, h("h3", {}, "Pipeline"), code(row.pipeline))],
  });
}

async function names(route, of, column) {
  return (await api.get(route))[of].map((row) => row[column]);
}

function body({ model, ...given }) {
  return model === undefined ? given : { ...given, condition: model === null ? null : { model } };
}

/** A version's way: a draft is published, and what is published goes into production. */
function moves(row, again) {
  const to = { draft: "published", published: "production", production: "published" }[row.version_status];
  const label = { draft: "Publish", published: "Put into production", production: "Take out of production" }[row.version_status];
  const done = async (work, message) => { if (await attempt(work, message)) again(); };
  return [
    button("New draft", () => done(() => api.post(`policies/name/${encodeURIComponent(row.policy_name)}/versions`, { source_policy_id: row.policy_id }), "There is a new draft.")),
    button(label, () => done(() => api.put(`${path(row)}/status`, { version_status: to }), `The version is ${to} now.`)),
  ];
}

async function attach(row, again) {
  await formDialog(`Attach ${row.policy_name}`, async () => [
    { name: "everybody", label: "To every call", type: "checkbox" },
    { name: "teams", label: "Teams", type: "chips", options: (await choices.teams()).map(([, name]) => name), hint: "Aliases; those with * at their end stand for all that begin so." },
    { name: "keys", label: "Keys", type: "chips" }, { name: "models", label: "Models", type: "chips", options: await choices.models() }, { name: "tags", label: "Tags", type: "chips" },
    { name: "default", label: "Only where no other policy holds", type: "checkbox", more: true },
    { name: "priority", label: "Order", type: "integer", more: true, hint: "The lowest first; those without one after them." },
  ], {
    action: "Attach",
    submit: async ({ everybody, ...given }) => {
      await api.post("policies/attachments", { policy_name: row.policy_name, scope: everybody ? "*" : null, ...given });
      notify("The policy was attached.");
      again();
    },
  });
}

function attachments(rows, again) {
  if (rows.length === 0) return h("p", { class: "muted" }, "Nobody: it holds only for keys, teams and calls that name it.");
  const end = async (row) => { if (await attempt(() => api.delete(`policies/attachments/${encodeURIComponent(row.attachment_id)}`), "The policy is detached.")) again(); };
  const said = (row) => (row.scope === "*" ? "Every call" : KINDS.filter(([kind]) => row[kind].length).map(([kind, label]) => `${label}: ${row[kind].join(", ")}`).join("; "));
  return h("ul", {}, rows.map((row) => h("li", {}, said(row), row.default && " (where no other holds)", " ",
    isAdmin() && ofDatabase(row) && button("Detach", () => end(row), "quiet"))));
}
