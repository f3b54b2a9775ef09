// Teams and their members.

import { api } from "../lib/api.js";
import * as choices from "../lib/choices.js";
import { h } from "../lib/dom.js";
import { entityPage } from "../lib/entity.js";
import { list, number, when } from "../lib/format.js";
import { budgetFields, metadataField, modelsField, rateFields, rates } from "../lib/limits.js";
import { membersSection, named } from "../lib/members.js";
import { attempt, badge, budget, button, linkTo } from "../lib/parts.js";
import { isAdmin, may, session } from "../lib/session.js";

const SORTED = { team_alias: "team_alias", spend: "spend", created_at: "created_at" };

export async function show() {
  const [organizations, users] = await Promise.all([choices.organizations(), choices.users()]);
  return entityPage({
    title: "Teams", noun: "team", intro: "A team shares models, a budget and limits among its members and their keys.",
    name: (row) => row.team_alias || row.team_id,
    table: {
      label: "Teams", sort: "created_at", empty: "No teams yet.",
      filters: [
        { name: "team_alias", label: "Name", placeholder: "Whole name" },
        { name: "organization_id", label: "Organization", options: choices.optional(organizations, "All") },
      ],
      columns: [
        { label: "Team", sort: SORTED.team_alias, open: true, value: (row) => row.team_alias || row.team_id },
        { label: "Organization", value: (row) => choices.nameOf(organizations, row.organization_id) ?? "–" },
        { label: "Members", number: true, value: (row) => number(members(row).length) },
        { label: "Models", value: (row) => (row.models?.length ? list(row.models) : "All") },
        { label: "Spend", sort: SORTED.spend, number: true, value: (row) => budget(row.spend, row.max_budget) },
        { label: "State", value: (row) => (row.blocked ? badge("Blocked", "bad") : badge("Active", "good")) },
      ],
      load: async ({ page, size, sort, descending, team_alias, organization_id }) => {
        const answer = await api.get("v2/team/list", { page, page_size: size, sort_by: sort, sort_order: descending ? "desc" : "asc", team_alias, organization_id });
        return { rows: answer.teams, total: answer.total };
      },
    },
    details: async (row) => {
      const { team_info: team, keys, team_memberships: memberships } = await api.get("team/info", { team_id: row.team_id });
      return { ...team, keys, memberships };
    },
    fields: () => fields(organizations),
    create: may("organization") && ((given) => api.post("team/new", given)),
    mayChange: manages,
    update: (row, given) => api.post("team/update", { team_id: row.team_id, ...given }),
    remove: may("organization") && ((row) => api.post("team/delete", { team_ids: [row.team_id] })),
    removeMessage: () => "The team's keys are deleted with it.",
    buttons: (row, again) => [may("organization") && button(row.blocked ? "Unblock" : "Block", () => block(row, again))],
    facts: (row) => [
      ["Id", row.team_id], ["Organization", choices.nameOf(organizations, row.organization_id)], ["Spend", budget(row.spend, row.max_budget)],
      ["Budget starts anew", when(row.budget_reset_at)], ["Models", row.models?.length ? row.models.join(", ") : "All"],
      ...rates(row), ["Keys", linkTo(`keys?team_id=${encodeURIComponent(row.team_id)}`, number(row.keys.length))], ["Created", when(row.created_at)],
    ],
    sections: (row, again) => membersSection(shownMembers(row), manages(row) && memberActions(row, users), again),
  });
}

function fields(organizations) {
  return choices.models().then((models) => [
    { name: "team_alias", label: "Name", required: true },
    { name: "organization_id", label: "Organization", type: "select", options: choices.optional(organizations) },
    modelsField(models), ...budgetFields(), ...rateFields(),
    { name: "team_member_budget", label: "Budget of each member (USD)", type: "money", more: true },
    metadataField,
  ]);
}

function members(row) {
  return Array.isArray(row.members_with_roles) ? row.members_with_roles : [];
}

function manages(row) {
  return isAdmin() || may("organization") || members(row).some((member) => member.user_id === session().user_id && member.role === "admin");
}

function shownMembers(row) {
  return members(row).map((member) => {
    const own = row.memberships.find((membership) => membership.user_id === member.user_id);
    const limit = own?.litellm_budget_table?.max_budget;
    return { ...member, name: member.user_email || member.user_id, budget: limit, spend: budget(own?.spend, limit) };
  });
}

function memberActions(row, users) {
  const team = { team_id: row.team_id };
  return {
    users, roles: [["admin", "Admin"], ["user", "User"]],
    add: ({ user, role, budget: most }) => api.post("team/member_add", { ...team, member: { role, ...named(user) }, max_budget_in_team: most }),
    update: (member, given) => api.post("team/member_update", { ...team, user_id: member.user_id, role: given.role, max_budget_in_team: given.budget }),
    remove: (member) => api.post("team/member_delete", { ...team, user_id: member.user_id }),
  };
}

async function block(row, again) {
  const route = row.blocked ? "team/unblock" : "team/block";
  if (await attempt(() => api.post(route, { team_id: row.team_id }), row.blocked ? "The team's keys work again." : "The team's keys are blocked.")) again();
}
