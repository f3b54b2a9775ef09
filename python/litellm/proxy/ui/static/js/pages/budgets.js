// Budgets that several customers, organizations or tags share.

import { api } from "../lib/api.js";
import { entityPage } from "../lib/entity.js";
import { ago, money, number, when } from "../lib/format.js";
import { budgetFields, rateFields, rates } from "../lib/limits.js";
import { isAdmin } from "../lib/session.js";
import { wholeList } from "../lib/table.js";

export async function show() {
  return entityPage({
    title: "Budgets", noun: "budget", intro: "A budget by name, with limits, for customers, organizations, members and tags that have it.",
    name: (row) => row.budget_id,
    table: {
      label: "Budgets", search: "Id", sort: "created_at", empty: "No budgets yet.",
      columns: [
        { label: "Budget", sort: "budget_id", open: true, value: (row) => row.budget_id },
        { label: "Amount", sort: "max_budget", number: true, value: (row) => money(row.max_budget) },
        { label: "Starts anew", class: "tight", value: (row) => when(row.budget_reset_at) },
        { label: "Requests / min", number: true, value: (row) => number(row.rpm_limit) },
        { label: "Tokens / min", number: true, value: (row) => number(row.tpm_limit) },
        { label: "Created", sort: "created_at", class: "tight", value: (row) => ago(row.created_at) },
      ],
      load: wholeList(() => api.get("budget/list"), { text: (row) => row.budget_id }),
    },
    fields: async (row) => [
      !row && { name: "budget_id", label: "Name", required: true }, ...budgetFields(),
      { name: "soft_budget", label: "Alert at (USD)", type: "money" }, ...rateFields(false),
      { name: "model_max_budget", label: "Budgets of models", type: "json", more: true },
    ],
    mayChange: isAdmin,
    create: isAdmin() && ((given) => api.post("budget/new", given)),
    update: (row, given) => api.post("budget/update", { budget_id: row.budget_id, ...given }),
    remove: (row) => api.post("budget/delete", { id: row.budget_id }),
    facts: (row) => [
      ["Amount", money(row.max_budget)], ["Alert at", money(row.soft_budget)], ["Duration", row.budget_duration], ["Starts anew", when(row.budget_reset_at)],
      ...rates(row), ["Created by", row.created_by], ["Created", when(row.created_at)],
    ],
  });
}
