// Organizations: teams and users under one budget.

import { api } from "../lib/api.js";
import * as choices from "../lib/choices.js";
import { entityPage } from "../lib/entity.js";
import { list, number, when } from "../lib/format.js";
import { budgetFields, metadataField, modelsField, rateFields, rates } from "../lib/limits.js";
import { membersSection, named } from "../lib/members.js";
import { budget } from "../lib/parts.js";
import { isAdmin, may } from "../lib/session.js";
import { wholeList } from "../lib/table.js";

const limits = (row) => row.litellm_budget_table ?? {};

export async function show() {
  const users = await choices.users();
  return entityPage({
    title: "Organizations", noun: "organization", intro: "An organization has its own admins, who manage its teams and users.",
    name: (row) => row.organization_alias || row.organization_id,
    table: {
      label: "Organizations", search: "Name or id", sort: "created_at", empty: "No organizations yet.",
      columns: [
        { label: "Organization", sort: "organization_alias", open: true, value: (row) => row.organization_alias || row.organization_id },
        { label: "Teams", number: true, value: (row) => number(row.teams?.length ?? 0) },
        { label: "Members", number: true, value: (row) => number(row.members?.length ?? 0) },
        { label: "Models", value: (row) => (row.models?.length ? list(row.models) : "All") },
        { label: "Spend", sort: "spend", number: true, value: (row) => budget(row.spend, limits(row).max_budget) },
      ],
      load: wholeList(() => api.get("organization/list"), { text: (row) => `${row.organization_alias} ${row.organization_id}` }),
    },
    details: (row) => (may("people") ? api.get("organization/info", { organization_id: row.organization_id }) : row),
    fields: async () => [
      { name: "organization_alias", label: "Name", required: true }, modelsField(await choices.models()),
      ...budgetFields(), ...rateFields(), metadataField,
    ],
    values: (row) => ({ ...limits(row), ...row, models: row.models }),
    mayChange: () => may("organization"),
    create: isAdmin() && ((given) => api.post("organization/new", given)),
    update: (row, given) => api.patch("organization/update", { organization_id: row.organization_id, ...given }),
    remove: (row) => api.delete("organization/delete", { organization_ids: [row.organization_id] }),
    removeMessage: () => "Its teams and their keys are deleted with it.",
    facts: (row) => [
      ["Id", row.organization_id], ["Spend", budget(row.spend, limits(row).max_budget)], ["Budget starts anew", when(limits(row).budget_reset_at)],
      ["Models", row.models?.length ? row.models.join(", ") : "All"], ...rates(limits(row)),
      ["Teams", list((row.teams ?? []).map((team) => team.team_alias || team.team_id), 20)], ["Created", when(row.created_at)],
    ],
    sections: (row, again) => membersSection(shownMembers(row), may("organization") && memberActions(row, users), again),
  });
}

function shownMembers(row) {
  return (row.members ?? []).map((member) => {
    const limit = member.litellm_budget_table?.max_budget;
    return { user_id: member.user_id, name: member.user?.user_email || member.user_email || member.user_id, role: member.user_role ?? "internal_user", budget: limit, spend: budget(member.spend, limit) };
  });
}

function memberActions(row, users) {
  const organization = { organization_id: row.organization_id };
  return {
    users, roles: [["org_admin", "Admin"], ["internal_user_viewer", "User, view only"], ["internal_user", "User"]],
    add: ({ user, role, budget: most }) => api.post("organization/member_add", { ...organization, member: { role, ...named(user) }, max_budget_in_organization: most }),
    update: (member, given) => api.patch("organization/member_update", { ...organization, user_id: member.user_id, role: given.role, max_budget_in_organization: given.budget }),
    remove: (member) => api.delete("organization/member_delete", { ...organization, user_id: member.user_id }),
  };
}
