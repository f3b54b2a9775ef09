// Agents that are asked through the gateway by A2A.

import { api } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { entityPage } from "../lib/entity.js";
import { waiting } from "../lib/followed.js";
import { list, money, when } from "../lib/format.js";
import { notify } from "../lib/notices.js";
import { attempt, badge, button, code } from "../lib/parts.js";
import { isAdmin } from "../lib/session.js";
import { wholeList } from "../lib/table.js";

const PRICES = ["cost_per_query", "input_cost_per_token", "output_cost_per_token"];
const follow = waiting("agent", "agent_id", () => api.get("v1/agents"));
const path = (row) => `v1/agents/${encodeURIComponent(row.agent_id)}`;
const ofDatabase = (row) => Boolean(row.created_at);

export async function show() {
  return entityPage({
    title: "Agents", noun: "agent", createLabel: "Add agent", intro: "Asked by A2A at /a2a/ and their id or name, with the keys, budgets and limits of models.",
    name: (row) => row.agent_name,
    table: {
      label: "Agents", search: "Name or skill", sort: "agent_name", descending: false, empty: "No agents yet.",
      columns: [
        { label: "Name", sort: "agent_name", open: true, value: (row) => row.agent_name },
        { label: "Description", value: (row) => row.agent_card_params.description ?? "–" },
        { label: "Spend", sort: "spend", number: true, value: (row) => money(row.spend ?? 0) },
        { label: "State", value: (row) => (row.enabled ? badge("On", "good") : badge("Off", "warn")) },
        { label: "From", value: (row) => (ofDatabase(row) ? badge("Database", "good") : badge("Config file")) },
      ],
      load: wholeList(() => api.get("v1/agents"), { text: (row) => `${row.agent_name} ${JSON.stringify(row.agent_card_params.skills ?? [])}` }),
    },
    fields: (row) => [
      { name: "agent_name", label: "Name", required: true },
      { name: "url", label: "Address", required: true, placeholder: "https://agents.example.com/travel" },
      !row && { name: "card", label: "Card", type: "json", wide: true, rows: 6, hint: "Left blank, the agent is asked for it." },
      row && { name: "card", label: "Card", type: "json", wide: true, rows: 6 },
      ...PRICES.map((name) => ({ name, label: { cost_per_query: "USD a request", input_cost_per_token: "USD an input token", output_cost_per_token: "USD an output token" }[name], type: "money" })),
      { name: "rpm_limit", label: "Requests per minute", type: "integer", more: true },
      { name: "tpm_limit", label: "Tokens per minute", type: "integer", more: true },
      { name: "agent_access_groups", label: "Groups", type: "chips", more: true, hint: "Keys and teams may name groups instead of agents." },
      { name: "static_headers", label: "Headers that it gets", type: "json", more: true, hint: "Its credentials. A value that is shown as ******** stays as it is." },
      { name: "extra_headers", label: "The client's headers that are sent on", type: "chips", more: true },
      { name: "enabled", label: "On", type: "checkbox", initial: true },
    ],
    values: (row) => ({ ...row, ...row.litellm_params, url: row.agent_card_params.url, card: row.agent_card_params }),
    mayChange: (row) => isAdmin() && ofDatabase(row),
    create: isAdmin() && (async (given) => follow.stored(api.post("v1/agents", await body(given, {})))),
    update: async (row, given) => follow.stored(api.patch(path(row), await body({ url: row.agent_card_params.url, card: row.agent_card_params, ...given }, row.litellm_params))),
    remove: (row) => follow.removed(api.delete(path(row)), row),
    removeMessage: (row) => `${row.agent_name} can no longer be asked here.`,
    buttons: (row, again) => button("Show to everybody", async () => { if (await attempt(() => api.post(`${path(row)}/make_public`), "Its card is public.")) again(); }),
    facts: (row) => [["Id", row.agent_id], ["Address", row.agent_card_params.url], ["Spend", money(row.spend ?? 0)], ["Groups", list(row.agent_access_groups, 10)],
      ["Public", row.litellm_params.is_public ? "Yes" : "No"], ["Created", when(row.created_at)], ["Changed", when(row.updated_at)]],
    sections: (row) => h("section", {}, h("h3", {}, "Card"), code(row.agent_card_params)),
  });
}

async function body({ url, card, ...given }, known) {
  const sent = { ...given };
  const prices = PRICES.filter((name) => name in given).map((name) => [name, given[name]]);
  for (const name of PRICES) delete sent[name];
  if (prices.length) {
    const { is_public: _, ...params } = known;
    sent.litellm_params = { ...params, ...Object.fromEntries(prices) };
  }
  let found = card;
  if (!found) {
    found = (await api.post("v1/a2a/discover", { url })).agent_card;
    notify(`${found.name} has shown its card.`);
  }
  return { ...sent, agent_card_params: { ...found, url } };
}
