// Who changed what.

import { api } from "../lib/api.js";
import { openDialog } from "../lib/dialog.js";
import { h } from "../lib/dom.js";
import { shortened, when } from "../lib/format.js";
import { badge, code, facts, pageHead } from "../lib/parts.js";
import { dataTable } from "../lib/table.js";

const TABLES = [
  ["", "All"], ["LiteLLM_VerificationToken", "Keys"], ["LiteLLM_TeamTable", "Teams"], ["LiteLLM_UserTable", "Users"], ["LiteLLM_OrganizationTable", "Organizations"],
  ["LiteLLM_ProxyModelTable", "Models"], ["LiteLLM_CredentialsTable", "Credentials"], ["LiteLLM_BudgetTable", "Budgets"], ["LiteLLM_EndUserTable", "Customers"],
  ["LiteLLM_TagTable", "Tags"], ["LiteLLM_AccessGroupTable", "Access groups"], ["LiteLLM_GuardrailsTable", "Guardrails"], ["LiteLLM_PolicyTable", "Policies"],
  ["LiteLLM_PolicyAttachmentTable", "Attachments"], ["LiteLLM_AgentsTable", "Agents"], ["LiteLLM_SearchToolsTable", "Search tools"], ["litellm_rust_billing_dead_letters", "Dead letters"], ["LiteLLM_Config", "Settings"], ["LiteLLM_InvitationLink", "Invitations"],
];
const ACTIONS = [["", "All"], "created", "updated", "deleted", "blocked", "rotated"].map((action) => (Array.isArray(action) ? action : [action, action]));
const KINDS = { created: "good", deleted: "bad", blocked: "warn" };

export async function show() {
  const table = dataTable({
    label: "Audit log", sort: "updated_at", empty: "No changes yet.",
    filters: [
      { name: "table_name", label: "What", options: TABLES }, { name: "action", label: "Action", options: ACTIONS },
      { name: "object_id", label: "Object", placeholder: "Its id" }, { name: "changed_by", label: "By", placeholder: "User id" },
      { name: "start_date", label: "From", type: "date" }, { name: "end_date", label: "To", type: "date" },
    ],
    columns: [
      { label: "Time", sort: "updated_at", open: true, class: "tight", value: (row) => when(row.updated_at) },
      { label: "Action", sort: "action", value: (row) => badge(row.action, KINDS[row.action]) },
      { label: "What", sort: "table_name", value: (row) => nameOf(row.table_name) },
      { label: "Object", sort: "object_id", value: (row) => row.updated_values?.key_alias || row.updated_values?.team_alias || shortened(row.object_id, 24) },
      { label: "By", sort: "changed_by", value: (row) => row.changed_by || "–" },
    ],
    load: async ({ page, size, sort, descending, search, ...filters }) => {
      const answer = await api.get("audit", { page, page_size: size, sort_by: sort, sort_order: descending ? "desc" : "asc", ...filters });
      return { rows: answer.audit_logs, total: answer.total };
    },
    open: openChange,
  });
  return [pageHead("Audit log", "Every change of keys, teams, users, models and settings."), table.element];
}

function nameOf(table) {
  return TABLES.find(([known]) => known === table)?.[1] ?? table;
}

function openChange(row) {
  const before = row.before_value ?? {};
  const after = row.updated_values ?? {};
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const shown = (value) => h("td", { class: "mono" }, value === undefined || value === null ? "–" : JSON.stringify(value));
  openDialog(`${nameOf(row.table_name)}: ${row.action}`, h("div", {},
    facts([["Time", when(row.updated_at)], ["By", row.changed_by], ["With the key", shortened(row.changed_by_api_key, 16)], ["Object", row.object_id]]),
    row.before_value && row.updated_values
      ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Changes" }, h("table", {}, h("thead", {}, h("tr", {}, ["Field", "Before", "After"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, changed.map((name) => h("tr", {}, h("th", { scope: "row" }, name), shown(before[name]), shown(after[name]))))))
      : code(row.updated_values ?? row.before_value ?? {})), { shape: "drawer" });
}
