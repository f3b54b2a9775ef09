// Access groups: models under one name, given to teams and keys.

import { api } from "../lib/api.js";
import * as choices from "../lib/choices.js";
import { entityPage } from "../lib/entity.js";
import { ago, list, number, when } from "../lib/format.js";
import { isAdmin } from "../lib/session.js";
import { wholeList } from "../lib/table.js";

export async function show() {
  return entityPage({
    title: "Access groups", noun: "access group", intro: "Models that are given together to teams and keys.",
    name: (row) => row.access_group_name,
    table: {
      label: "Access groups", search: "Name", sort: "created_at", empty: "No access groups yet.",
      columns: [
        { label: "Group", sort: "access_group_name", open: true, value: (row) => row.access_group_name },
        { label: "Models", value: (row) => list(row.access_model_names) },
        { label: "Teams", number: true, value: (row) => number(row.assigned_team_ids?.length ?? 0) },
        { label: "Keys", number: true, value: (row) => number(row.assigned_key_ids?.length ?? 0) },
        { label: "Created", sort: "created_at", class: "tight", value: (row) => ago(row.created_at) },
      ],
      load: wholeList(() => api.get("v1/access_group"), { text: (row) => `${row.access_group_name} ${row.description ?? ""}` }),
    },
    fields: async () => [
      { name: "access_group_name", label: "Name", required: true }, { name: "description", label: "Description" },
      { name: "access_model_names", label: "Models", type: "chips", options: await choices.models() },
      { name: "assigned_team_ids", label: "Teams", type: "chips", options: (await choices.teams()).map(([id]) => id), hint: "Ids of teams." },
      { name: "assigned_key_ids", label: "Keys", type: "chips", hint: "Hashes of keys." },
    ],
    mayChange: isAdmin,
    create: isAdmin() && ((given) => api.post("v1/access_group", given)),
    update: (row, given) => api.put(`v1/access_group/${encodeURIComponent(row.access_group_id)}`, given),
    remove: (row) => api.delete(`v1/access_group/${encodeURIComponent(row.access_group_id)}`),
    facts: (row) => [
      ["Description", row.description], ["Models", list(row.access_model_names, 50)], ["Teams", list(row.assigned_team_ids, 50)],
      ["Keys", list(row.assigned_key_ids, 50)], ["Created", when(row.created_at)],
    ],
  });
}
