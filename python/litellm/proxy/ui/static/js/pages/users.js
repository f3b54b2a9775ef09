// Internal users, their roles and their invitations.

import { api, address } from "../lib/api.js";
import * as choices from "../lib/choices.js";
import { showOnce } from "../lib/dialog.js";
import { entityPage } from "../lib/entity.js";
import { ago, list, number, when } from "../lib/format.js";
import { budgetFields, metadataField, modelsField, rateFields, rates } from "../lib/limits.js";
import { attempt, badge, budget, button, linkTo } from "../lib/parts.js";
import { isAdmin, may } from "../lib/session.js";

const ROLES = [
  ["internal_user", "User"], ["internal_user_viewer", "User, view only"],
  ["proxy_admin_viewer", "Administrator, view only"], ["proxy_admin", "Administrator"],
];
const roleName = (role) => ROLES.find(([known]) => known === role)?.[1] ?? role ?? "User";

export async function show() {
  const organizations = await choices.organizations();
  return entityPage({
    title: "Users", noun: "user", createLabel: "Invite user", intro: "Who signs in here, and in which role. People of your identity provider appear at their first sign-in.",
    name: (row) => row.user_email || row.user_alias || row.user_id,
    table: {
      label: "Users", search: "Email, name or id", sort: "created_at", empty: "No users yet.",
      filters: [{ name: "role", label: "Role", options: choices.optional(ROLES, "All") }],
      columns: [
        { label: "User", sort: "user_email", open: true, value: (row) => row.user_email || row.user_alias || row.user_id },
        { label: "Role", sort: "user_role", value: (row) => badge(roleName(row.user_role)) },
        { label: "Keys", number: true, value: (row) => number(row.key_count) },
        { label: "Teams", number: true, value: (row) => number(row.teams?.length ?? 0) },
        { label: "Spend", sort: "spend", number: true, value: (row) => budget(row.spend, row.max_budget) },
        { label: "Created", sort: "created_at", class: "tight", value: (row) => ago(row.created_at) },
      ],
      load: async ({ page, size, sort, descending, role, search }) => {
        const answer = await api.get("user/list", { page, page_size: size, sort_by: sort, sort_order: descending ? "desc" : "asc", role, search });
        return { rows: answer.users, total: answer.total };
      },
    },
    details: async (row) => {
      if (!may("view")) return { ...row, keys: [], joined: [] };
      const { user_info: user, keys, teams } = await api.get("user/info", { user_id: row.user_id });
      return { ...row, ...user, keys, joined: teams };
    },
    fields: (row) => fields(row, organizations),
    create: may("organization") && create, created: showInvitation,
    mayChange: () => isAdmin(),
    update: (row, given) => api.post("user/update", { user_id: row.user_id, ...given }),
    remove: (row) => api.post("user/delete", { user_ids: [row.user_id] }),
    removeMessage: () => "The user's keys are deleted with it.",
    buttons: (row) => [button("Invitation link", () => attempt(async () => showInvitation({ invitation: await invite(row.user_id) })))],
    facts: (row) => [
      ["Id", row.user_id], ["Email", row.user_email], ["Role", roleName(row.user_role)], ["Spend", budget(row.spend, row.max_budget)],
      ["Budget starts anew", when(row.budget_reset_at)], ["Models", row.models?.length ? row.models.join(", ") : "All"], ...rates(row),
      ["Keys", may("view") && linkTo(`keys?user_id=${encodeURIComponent(row.user_id)}`, number(row.keys.length))],
      ["Teams", list(row.joined.map((team) => team.team_alias || team.team_id), 20)], ["Created", when(row.created_at)],
    ],
  });
}

async function fields(row, organizations) {
  const [models, teams] = await Promise.all([choices.models(), choices.teams()]);
  return [
    { name: "user_email", label: "Email", type: "email", required: !row },
    { name: "user_role", label: "Role", type: "select", options: isAdmin() ? ROLES : ROLES.slice(0, 2), initial: "internal_user" },
    !row && isAdmin() && { name: "team_id", label: "Team", type: "select", options: choices.optional(teams) },
    !row && { name: "organization_id", label: "Organization", type: "select", options: choices.optional(organizations), required: !isAdmin() },
    modelsField(models), ...budgetFields(), ...rateFields(), metadataField,
  ];
}

async function create({ team_id: team, organization_id: organization, ...given }) {
  const body = { ...given, auto_create_key: false };
  if (team) body.teams = [team];
  if (organization) body.organizations = [organization];
  const made = await api.post("user/new", body);
  return { ...made, invitation: await invite(made.user_id) };
}

function invite(userId) {
  return api.post("invitation/new", { user_id: userId });
}

function showInvitation({ invitation }) {
  const link = address("ui/", { invitation_id: invitation.id }).href;
  showOnce("Invitation link", link, `Send it to the user, who chooses a password with it. It works once, until ${when(invitation.expires_at)}.`);
}
