// Tags: what calls are counted by, and which deployments they are led to.

import { api } from "../lib/api.js";
import * as choices from "../lib/choices.js";
import { entityPage } from "../lib/entity.js";
import { ago, list, when } from "../lib/format.js";
import { budgetFields, rateFields } from "../lib/limits.js";
import { budget } from "../lib/parts.js";
import { isAdmin, may } from "../lib/session.js";
import { wholeList } from "../lib/table.js";

const limits = (row) => row.litellm_budget_table ?? {};

export async function show() {
  return entityPage({
    title: "Tags", noun: "tag", intro: "Calls carry tags of their key or of the request. A tag can have a budget, and its own deployments.",
    name: (row) => row.name,
    table: {
      label: "Tags", search: "Name", sort: "created_at", empty: "No tags yet.",
      columns: [
        { label: "Tag", sort: "name", open: true, value: (row) => row.name },
        { label: "Description", value: (row) => row.description ?? "–" },
        { label: "Spend", sort: "spend", number: true, value: (row) => budget(row.spend, limits(row).max_budget) },
        { label: "Created", sort: "created_at", class: "tight", value: (row) => ago(row.created_at) },
      ],
      load: wholeList(() => api.get("tag/list"), { text: (row) => `${row.name} ${row.description ?? ""}` }),
    },
    fields: async (row) => [
      !row && { name: "name", label: "Name", required: true },
      { name: "description", label: "Description", wide: true },
      { name: "budget_id", label: "Shared budget", type: "select", options: choices.optional(await choices.budgets()) },
      { name: "models", label: "Deployments", type: "chips", hint: "Ids of deployments; any, when none is given." },
      ...budgetFields(), ...rateFields(),
    ],
    values: (row) => ({ ...limits(row), ...row }),
    mayChange: isAdmin,
    create: isAdmin() && ((given) => api.post("tag/new", given)),
    update: (row, given) => api.post("tag/update", { name: row.name, ...given }),
    remove: (row) => api.post("tag/delete", { name: row.name }),
    facts: (row) => [
      ["Description", row.description], ["Spend", budget(row.spend, limits(row).max_budget)], ["Budget starts anew", when(limits(row).budget_reset_at)],
      ["Deployments", may("view") && list(row.models, 20)], ["Created by", row.created_by], ["Created", when(row.created_at)],
    ],
  });
}
