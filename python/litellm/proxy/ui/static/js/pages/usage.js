// Spend, requests and tokens by day, by what they were for.

import { api } from "../lib/api.js";
import { barChart } from "../lib/chart.js";
import * as choices from "../lib/choices.js";
import { h, newId, replace } from "../lib/dom.js";
import { compact, day, money, number, shortened } from "../lib/format.js";
import { emptyBox, errorBox, loadingBox } from "../lib/notices.js";
import { button, pageHead } from "../lib/parts.js";
import { may } from "../lib/session.js";
import { dataTable, wholeList } from "../lib/table.js";

const VIEWS = [
  ["model_groups", "Models", "user", "spend"], ["providers", "Providers", "user", "spend"], ["api_keys", "Keys", "user", "spend"],
  ["entities", "Teams", "team", "spend"], ["entities", "Tags", "tag", "spend"], ["entities", "Organizations", "organization", "spend"],
  ["entities", "Users", "user", "view"], ["entities", "Customers", "customer", "view"], ["endpoints", "Endpoints", "user", "spend"],
];
const METRICS = [["spend", "Spend", money], ["api_requests", "Requests", compact], ["total_tokens", "Tokens", compact]];
const RANGES = [["7", "7 days"], ["30", "30 days"], ["90", "90 days"]];

export async function show(query) {
  const [teams, users, organizations] = await Promise.all([choices.teams(), choices.users(), choices.organizations()]);
  const names = { team: teams, user: users, organization: organizations };
  const views = VIEWS.filter(([, , , needs]) => may(needs));
  const chosen = { view: 0, metric: 0, start: day(29), end: day(), api_key: query.get("api_key") ?? "" };
  const body = h("div", { class: "stack", "aria-live": "polite" });
  let asked = 0;

  async function refresh() {
    const mine = (asked += 1);
    const [part, , kind] = views[chosen.view];
    replace(body, loadingBox());
    try {
      const found = await api.get(`${kind}/daily/activity/aggregated`, { start_date: chosen.start, end_date: chosen.end, api_key: chosen.api_key });
      if (mine === asked) replace(body, report(found, part, names[kind] ?? [], views[chosen.view][1], METRICS[chosen.metric]));
    } catch (error) {
      if (mine === asked) replace(body, errorBox(error, refresh));
    }
  }

  const control = (label, make) => {
    const id = newId("filter");
    return h("div", { class: "filter" }, h("label", { for: id }, label), make(id));
  };
  const pick = (label, options, name) => control(label, (id) => h("select", { id, onchange: (event) => set({ [name]: Number(event.target.value) }) },
    options.map((option, index) => h("option", { value: index }, option[1]))));
  const date = (label, name) => control(label, (id) => h("input", { id, type: "date", value: chosen[name], max: day(), onchange: (event) => event.target.value && set({ [name]: event.target.value }) }));
  const dates = [date("From", "start"), date("To", "end")];
  const key = control("Key", (id) => h("input", { id, type: "search", value: chosen.api_key, placeholder: "Hash of a key", onchange: (event) => set({ api_key: event.target.value.trim() }) }));
  const set = (changes) => {
    Object.assign(chosen, changes);
    dates.forEach((element, index) => { element.querySelector("input").value = index ? chosen.end : chosen.start; });
    refresh();
  };
  const ranges = RANGES.map(([days, label]) => button(label, () => set({ start: day(days - 1), end: day() }), "small"));
  refresh();
  return [
    pageHead("Usage", "What was spent, by day and by what it was for."),
    h("div", { class: "stack" }, h("section", { class: "card" }, h("div", { class: "toolbar" }, pick("By", views, "view"), pick("Show", METRICS, "metric"), dates, key, h("div", { class: "row" }, ranges))), body),
  ];
}

function report({ results, metadata }, part, known, label, metric) {
  const [field, title, format] = metric;
  if (results.length === 0) return emptyBox("Nothing was spent in this time.");
  const rows = new Map();
  const days = filled(results).map(([date, found]) => [date, Object.fromEntries(Object.entries(found?.breakdown[part] ?? {}).map(([id, entry]) => {
    const name = entry.metadata?.key_alias || choices.nameOf(known, id) || "None";
    add(rows, id, name, entry.metrics);
    return [name, entry.metrics[field]];
  }))]);
  return [tiles(metadata), h("section", { class: "card padded" }, h("h2", {}, `${title} by day`), barChart({ label: title, days, format })), entities(label, [...rows.values()])];
}

function add(rows, id, name, metrics) {
  const row = rows.get(id) ?? { id, name, spend: 0, api_requests: 0, failed_requests: 0, total_tokens: 0 };
  for (const field of ["spend", "api_requests", "failed_requests", "total_tokens"]) row[field] += metrics[field] ?? 0;
  rows.set(id, row);
}

/** Every day from the first to the last, those without calls too. */
function filled(results) {
  const found = new Map(results.map((result) => [result.date, result]));
  const dates = [...found.keys()].sort();
  const all = [];
  for (let time = Date.parse(dates[0]); time <= Date.parse(dates.at(-1)); time += 86_400_000) {
    const date = new Date(time).toISOString().slice(0, 10);
    all.push([date, found.get(date)]);
  }
  return all;
}

function tiles(sums) {
  const tile = (label, value) => h("div", { class: "card tile" }, h("span", { class: "muted" }, label), h("strong", {}, value));
  const timed = sums.total_timed_requests ?? 0;
  const mean = timed > 0 ? `${number(Math.round((sums.total_response_time_ms ?? 0) / timed))} ms` : "–";
  return h("div", { class: "tiles" }, tile("Spend", money(sums.total_spend)), tile("Requests", number(sums.total_api_requests)), tile("Failed", number(sums.total_failed_requests)),
    tile("Tokens", compact(sums.total_tokens)), tile("Mean response", mean));
}

function entities(label, rows) {
  return dataTable({
    label, search: "Name", sort: "spend", size: 10,
    columns: [
      { label, sort: "name", value: (row) => h("span", { title: row.id }, shortened(row.name, 60)) },
      { label: "Spend", sort: "spend", number: true, value: (row) => money(row.spend) },
      { label: "Requests", sort: "api_requests", number: true, value: (row) => number(row.api_requests) },
      { label: "Failed", sort: "failed_requests", number: true, value: (row) => number(row.failed_requests) },
      { label: "Tokens", sort: "total_tokens", number: true, value: (row) => number(row.total_tokens) },
    ],
    load: wholeList(async () => [...rows], { text: (row) => `${row.name} ${row.id}` }),
  }).element;
}
