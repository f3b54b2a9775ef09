// Virtual keys.

import { api } from "../lib/api.js";
import * as choices from "../lib/choices.js";
import { confirmed, showOnce } from "../lib/dialog.js";
import { h } from "../lib/dom.js";
import { entityPage, formDialog } from "../lib/entity.js";
import { ago, list, shortened, when } from "../lib/format.js";
import { budgetFields, metadataField, modelsField, rateFields, rates } from "../lib/limits.js";
import { attempt, badge, budget, button, code, linkTo } from "../lib/parts.js";
import { may, session } from "../lib/session.js";

const STATES = [["", "All"], ["active", "Active"], ["expired", "Expired"], ["revoked", "Blocked"]];
const GRACE = [["", "Not at all"], ["1h", "1 hour"], ["24h", "1 day"], ["7d", "7 days"]];

export async function show(query) {
  const [teams, users] = await Promise.all([choices.teams(), choices.users()]);
  return entityPage({
    title: "Virtual keys", noun: "key", intro: "Each key has its own models, budget and limits. Only its hash is stored.",
    name: (row) => row.key_alias || row.key_name,
    table: table(query, teams, users),
    fields: (row) => fields(row, teams, users),
    values: (row) => ({ ...row, soft_budget: row.metadata?.soft_budget, tags: row.metadata?.tags }),
    create: may("keys") && create, created: showKey,
    mayChange: () => may("keys"),
    update: (row, given) => api.post("key/update", { key: row.token, ...given }),
    remove: (row) => api.post("key/delete", { keys: [row.token] }),
    removeMessage: (row) => `Applications that use ${row.key_alias || row.key_name} are refused from now on.`,
    buttons: (row, again) => [
      button(row.blocked ? "Unblock" : "Block", () => block(row, again)),
      button("Regenerate", () => regenerate(row, again)),
      button("Reset spend", () => resetSpend(row, again)),
    ],
    facts: (row) => [
      ["State", state(row)], ["Spend", budget(row.spend, row.max_budget)], ["Budget starts anew", when(row.budget_reset_at)],
      ["Team", choices.nameOf(teams, row.team_id)], ["User", row.user_id], ["Created by", row.created_by],
      ["Created", when(row.created_at)], ["Expires", when(row.expires)], ["Last active", when(row.last_active)],
      ...rates(row), ["Models", row.models?.length ? row.models.join(", ") : "All"],
      ["Routes", list(row.allowed_routes, 20)], ["Hash", h("span", { class: "mono" }, row.token)],
    ],
    sections: (row) => [
      h("p", {}, linkTo(`usage?api_key=${encodeURIComponent(row.token)}`, "Usage"), " · ", linkTo(`logs?api_key=${encodeURIComponent(row.token)}`, "Logs")),
      Object.keys(row.metadata ?? {}).length > 0 && h("section", {}, h("h3", {}, "Metadata"), code(row.metadata)),
    ],
  });
}

function table(query, teams, users) {
  return {
    label: "Virtual keys", search: "Alias or key", sort: "created_at",
    empty: "No keys yet. A key lets an application call models, within the limits that you set.",
    filters: [
      { name: "status", label: "State", options: STATES },
      { name: "team_id", label: "Team", options: choices.optional(teams, "All"), initial: query.get("team_id") ?? "" },
      may("view") && { name: "user_id", label: "User", placeholder: "User id", initial: query.get("user_id") ?? "" },
    ].filter(Boolean),
    columns: [
      { label: "Alias", sort: "key_alias", open: true, value: (row) => row.key_alias || shortened(row.token) },
      { label: "Key", class: "tight mono", value: (row) => row.key_name },
      { label: "Team", sort: "team_id", value: (row) => choices.nameOf(teams, row.team_id) ?? "–" },
      { label: "User", sort: "user_id", value: (row) => shortened(choices.nameOf(users, row.user_id), 28) },
      { label: "Spend", sort: "spend", number: true, value: (row) => budget(row.spend, row.max_budget) },
      { label: "Models", value: (row) => (row.models?.length ? list(row.models) : "All") },
      { label: "Created", sort: "created_at", class: "tight", value: (row) => ago(row.created_at) },
      { label: "State", value: state },
    ],
    load: async ({ page, size, sort, descending, ...filters }) => {
      const answer = await api.get("key/list", { page, size, sort_by: sort, sort_order: descending ? "desc" : "asc", return_full_object: true, include_created_by_keys: true, ...filters });
      return { rows: answer.keys, total: answer.total_count };
    },
  };
}

function state(row) {
  if (row.blocked) return badge("Blocked", "bad");
  if (row.expires && new Date(row.expires) < new Date()) return badge("Expired", "warn");
  return badge("Active", "good");
}

async function fields(row, teams, users) {
  const models = await choices.models();
  const owners = [["me", "You"], may("admin") && ["user", "Another user"], ["service", "A team (service account)"]].filter(Boolean);
  return [
    !row && { name: "owner", label: "Belongs to", type: "select", options: owners, initial: "me" },
    !row && { name: "user_id", label: "User", type: "suggested", options: users, when: ["owner", "user"], required: true },
    { name: "key_alias", label: "Alias", placeholder: "Name of the application" },
    { name: "team_id", label: "Team", type: "select", options: choices.optional(teams) },
    modelsField([...models, "all-team-models"]),
    ...budgetFields(),
    { name: "duration", label: "Expires after", type: "duration" },
    ...rateFields(),
    { name: "soft_budget", label: "Alert at (USD)", type: "money", more: true },
    { name: "tags", label: "Tags", type: "chips", more: true, hint: "Every call of the key is counted for these tags." },
    { name: "allowed_routes", label: "Allowed routes", type: "chips", more: true, options: ["llm_api_routes", "info_routes", "/chat/completions", "/embeddings"], hint: "All routes of its role, when none is chosen." },
    { name: "model_max_budget", label: "Budgets of models", type: "json", more: true, placeholder: '{"gpt-4o": {"budget_limit": 5, "time_period": "30d"}}' },
    { name: "aliases", label: "Aliases of models", type: "json", more: true, placeholder: '{"gpt": "gpt-4o"}' },
    metadataField,
  ];
}

function create({ owner, ...given }) {
  if (owner === "me") given.user_id = session().user_id;
  return api.post(owner === "service" ? "key/service-account/generate" : "key/generate", given);
}

function showKey(made) {
  showOnce("Your new key", made.key, "Copy it now and keep it safe: it is not stored and cannot be shown again.");
}

async function block(row, again) {
  const route = row.blocked ? "key/unblock" : "key/block";
  if (await attempt(() => api.post(route, { key: row.token }), row.blocked ? "The key works again." : "The key is blocked.")) again();
}

function regenerate(row, again) {
  const grace = { name: "grace_period", label: "The old key works for", type: "select", options: GRACE, hint: "Limits and spend go over to the new key." };
  return formDialog("Regenerate the key", [grace], {
    action: "Regenerate", shape: "",
    submit: async (given) => {
      const made = await api.post("key/regenerate", { key: row.token, ...given });
      await again();
      showKey(made);
    },
  });
}

async function resetSpend(row, again) {
  const sure = await confirmed({ title: "Reset spend", message: "The key's spend starts again at $0. The log stays.", action: "Reset", danger: false });
  if (sure && (await attempt(() => api.post(`key/${row.token}/reset_spend`, { reset_to: 0 }), "The spend was reset."))) again();
}
