// Customers: the end users whom applications name in their calls.

import { api } from "../lib/api.js";
import * as choices from "../lib/choices.js";
import { entityPage } from "../lib/entity.js";
import { when } from "../lib/format.js";
import { budgetFields, modelsField, rateFields, rates } from "../lib/limits.js";
import { attempt, badge, budget, button, linkTo } from "../lib/parts.js";
import { isAdmin } from "../lib/session.js";
import { wholeList } from "../lib/table.js";

const limits = (row) => row.litellm_budget_table ?? {};

export async function show() {
  return entityPage({
    title: "Customers", noun: "customer", intro: "End users that applications name in the field “user” of their calls. They appear by themselves, or are made here with a budget.",
    name: (row) => row.alias || row.user_id,
    table: {
      label: "Customers", search: "Id or alias", sort: "spend", empty: "No customers yet.",
      columns: [
        { label: "Customer", sort: "user_id", open: true, value: (row) => row.alias || row.user_id },
        { label: "Id", value: (row) => row.user_id },
        { label: "Spend", sort: "spend", number: true, value: (row) => budget(row.spend, limits(row).max_budget) },
        { label: "State", value: (row) => (row.blocked ? badge("Blocked", "bad") : badge("Active", "good")) },
      ],
      load: wholeList(() => api.get("customer/list"), { text: (row) => `${row.user_id} ${row.alias ?? ""}` }),
    },
    fields: async (row) => [
      !row && { name: "user_id", label: "Id", required: true, hint: "As applications name it in the field “user”." },
      { name: "alias", label: "Alias" },
      { name: "budget_id", label: "Shared budget", type: "select", options: choices.optional(await choices.budgets()), hint: "Else a budget of its own:" },
      modelsField(await choices.models()), ...budgetFields(), ...rateFields(),
    ],
    values: (row) => ({ ...limits(row), ...row }),
    mayChange: isAdmin,
    create: isAdmin() && ((given) => api.post("customer/new", given)),
    update: (row, given) => api.post("customer/update", { user_id: row.user_id, ...given }),
    remove: (row) => api.post("customer/delete", { user_ids: [row.user_id] }),
    buttons: (row, again) => [button(row.blocked ? "Unblock" : "Block", async () => {
      const route = row.blocked ? "customer/unblock" : "customer/block";
      if (await attempt(() => api.post(route, { user_ids: [row.user_id] }), row.blocked ? "The customer is served again." : "The customer is blocked.")) again();
    })],
    facts: (row) => [
      ["Id", row.user_id], ["Alias", row.alias], ["Spend", budget(row.spend, limits(row).max_budget)], ["Budget starts anew", when(limits(row).budget_reset_at)],
      ...rates(limits(row)), ["Models", row.models?.length ? row.models.join(", ") : "All"],
      ["Log", linkTo(`logs?end_user=${encodeURIComponent(row.user_id)}`, "Calls of this customer")],
    ],
  });
}
