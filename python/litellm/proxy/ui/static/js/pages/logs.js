// Every call, with what it cost, and what was asked and answered where that is stored.

import { api } from "../lib/api.js";
import * as choices from "../lib/choices.js";
import { openDialog } from "../lib/dialog.js";
import { h } from "../lib/dom.js";
import { day, list, money, number, shortened, when } from "../lib/format.js";
import { badge, button, code, facts, pageHead, tabbed } from "../lib/parts.js";
import { session } from "../lib/session.js";
import { dataTable } from "../lib/table.js";

export async function show(query) {
  const teams = await choices.teams();
  const given = (name, label, placeholder = "") => ({ name, label, placeholder, initial: query.get(name) ?? "" });
  const table = dataTable({
    label: "Logs", sort: "startTime", size: 50, empty: "No calls in this time.",
    filters: [
      { name: "start_date", label: "From", type: "date", initial: day(7) }, { name: "end_date", label: "To", type: "date", initial: day() },
      { name: "status_filter", label: "Result", options: [["", "All"], ["success", "Success"], ["failure", "Failure"]] },
      given("model", "Model", "openai/gpt-4o"), { name: "team_id", label: "Team", options: choices.optional(teams, "All"), initial: query.get("team_id") ?? "" },
      given("api_key", "Key", "Key or its hash"), given("user_id", "User", "User id"), given("end_user", "Customer", "Id"), given("request_id", "Request", "Id"),
    ],
    columns: [
      { label: "Time", sort: "startTime", open: true, class: "tight", value: (row) => when(row.startTime) },
      { label: "Result", value: result },
      { label: "Model", sort: "model", value: (row) => row.model_group || row.model || "–" },
      { label: "Key", value: (row) => row.metadata?.user_api_key_alias || shortened(row.api_key, 10) },
      { label: "Team", value: (row) => choices.nameOf(teams, row.team_id) ?? "–" },
      { label: "Customer", value: (row) => shortened(row.end_user, 24) },
      { label: "Tokens", sort: "total_tokens", number: true, value: (row) => `${number(row.prompt_tokens)} + ${number(row.completion_tokens)}` },
      { label: "Duration", number: true, value: duration },
      { label: "Cost", sort: "spend", number: true, value: (row) => money(row.spend) },
    ],
    load: async ({ page, size, sort, descending, search, ...filters }) => {
      const answer = await api.get("spend/logs/v2", { page, page_size: size, sort_by: sort, sort_order: descending ? "desc" : "asc", ...filters });
      return { rows: answer.data, total: answer.total };
    },
    open: (row) => openLog(row, teams),
    toolbar: button("Refresh", () => table.refresh()),
  });
  return [pageHead("Logs", "Every call with its cost. The newest come first."), table.element];
}

function result(row) {
  return row.status === "failure" ? badge("Failure", "bad") : badge("Success", "good");
}

function duration(row) {
  return row.request_duration_ms === null || row.request_duration_ms === undefined ? "–" : `${number(row.request_duration_ms)} ms`;
}

function openLog(row, teams) {
  const meta = row.metadata ?? {};
  openDialog(`Call of ${when(row.startTime)}`, h("div", {},
    facts([
      ["Result", result(row)], ["Cost", money(row.spend)], ["Model", row.model_group], ["Deployment", row.model], ["Provider", row.custom_llm_provider], ["Address", row.api_base],
      ["Input tokens", number(row.prompt_tokens)], ["Output tokens", number(row.completion_tokens)], ["Duration", duration(row)], ["First token", when(row.completionStartTime)],
      ["Cache", row.cache_hit === "True" ? "Answered from the cache" : null], ["Kind", row.call_type],
      ["Key", meta.user_api_key_alias || row.api_key], ["User", row.user], ["Team", choices.nameOf(teams, row.team_id)], ["Customer", row.end_user],
      ["Tags", list(row.request_tags, 20)], ["Address of the client", row.requester_ip_address], ["Session", row.session_id], ["Request", row.request_id],
    ]),
    meta.error_information && h("section", {}, h("h3", {}, "Error"), code(meta.error_information)),
    tabbed("Contents", [["Request", () => stored(row.proxy_server_request, row.messages)], ["Response", () => stored(row.response)], ["Metadata", () => code(meta)]])),
  { shape: "drawer" });
}

function stored(...candidates) {
  const found = candidates.find((value) => value && Object.keys(value).length > 0);
  if (found) return code(found);
  const why = session().stores_prompts ? "Nothing was stored of this call." : "Not stored. Set general_settings.store_prompts_in_spend_logs to keep requests and responses.";
  return h("p", { class: "muted" }, why);
}
