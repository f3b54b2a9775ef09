// One table for all lists: pages, sorting, search and filters, and what is shown while there is nothing to show.

import { h, newId, replace } from "./dom.js";
import { emptyBox, errorBox, loadingBox } from "./notices.js";

const SEARCH_DELAY_MS = 250;

/**
 * A list. `load(query)` gives {rows, total} for {page, size, sort, descending, search, …filters}.
 * A column is {label, value(row), sort, number, open}: `open` makes the cell the way to the row's details.
 */
export function dataTable({ label, columns, load, filters = [], search, open, actions, empty, toolbar, size = 25, sort, descending = true }) {
  const query = { page: 1, size, sort, descending, search: "" };
  for (const filter of filters) query[filter.name] = filter.initial ?? "";
  const body = h("div", { class: "table-body", "aria-live": "polite" });
  let asked = 0;

  async function refresh() {
    const mine = (asked += 1);
    body.setAttribute("aria-busy", "true");
    if (!body.hasChildNodes()) replace(body, loadingBox());
    try {
      const { rows, total } = await load({ ...query });
      if (mine !== asked) return;
      if (rows.length === 0 && query.page > 1 && total > 0) {
        query.page = Math.ceil(total / query.size);
        await refresh();
        return;
      }
      replace(body, rows.length ? grid(rows) : emptyBox(isFiltered() ? "Nothing matches these filters." : empty ?? "Nothing here yet."), pager(total));
    } catch (error) {
      if (mine === asked && error.name !== "AbortError") replace(body, errorBox(error, refresh));
    } finally {
      if (mine === asked) body.setAttribute("aria-busy", "false");
    }
  }

  function change(changes) {
    Object.assign(query, { page: 1 }, changes);
    return refresh();
  }

  function isFiltered() {
    return Boolean(query.search) || filters.some((filter) => query[filter.name] !== (filter.initial ?? ""));
  }

  function heading(column) {
    const attributes = { scope: "col", class: column.number ? "number" : null };
    if (!column.sort) return h("th", attributes, column.label);
    const active = query.sort === column.sort;
    const mark = active ? (query.descending ? "↓" : "↑") : "";
    const onclick = () => change({ sort: column.sort, descending: active ? !query.descending : Boolean(column.number) });
    return h("th", { ...attributes, "aria-sort": active ? (query.descending ? "descending" : "ascending") : "none" },
      h("button", { type: "button", class: "sort", onclick }, column.label, h("span", { "aria-hidden": "true" }, mark)));
  }

  function cell(column, row) {
    const shown = column.value(row);
    const inside = column.open && open ? h("button", { type: "button", class: "link", onclick: () => open(row, refresh) }, shown) : shown;
    return h("td", { class: [column.number && "number", column.class].filter(Boolean).join(" "), "data-label": column.label }, inside);
  }

  function grid(rows) {
    const heads = h("tr", {}, columns.map(heading), actions && h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Actions")));
    const lines = rows.map((row) => h("tr", {}, columns.map((column) => cell(column, row)),
      actions && h("td", { class: "row-actions" }, actions(row, refresh))));
    return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, h("table", {}, h("thead", {}, heads), h("tbody", {}, lines)));
  }

  function pager(total) {
    const pages = Math.max(1, Math.ceil(total / query.size));
    const from = total === 0 ? 0 : (query.page - 1) * query.size + 1;
    const step = (by, name, off) => h("button", { type: "button", disabled: off, onclick: () => { query.page += by; refresh(); } }, name);
    return h("nav", { class: "pager", "aria-label": `Pages of ${label}` },
      h("span", { class: "muted" }, `${from}–${Math.min(total, query.page * query.size)} of ${total}`),
      pages > 1 && [step(-1, "Previous", query.page <= 1), step(1, "Next", query.page >= pages)]);
  }

  function control(filter) {
    const id = newId("filter");
    const onchange = (event) => change({ [filter.name]: event.target.value.trim() });
    const input = filter.options
      ? h("select", { id, onchange }, filter.options.map(([value, name]) => h("option", { value, selected: value === query[filter.name] }, name)))
      : h("input", { id, type: filter.type ?? "search", value: query[filter.name], placeholder: filter.placeholder, onchange });
    return h("div", { class: "filter" }, h("label", { for: id }, filter.label), input);
  }

  function searchBox() {
    const id = newId("search");
    let timer;
    const oninput = (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => change({ search: event.target.value.trim() }), SEARCH_DELAY_MS);
    };
    return h("div", { class: "filter search" }, h("label", { for: id }, "Search"), h("input", { id, type: "search", placeholder: search, oninput }));
  }

  const bar = (search || filters.length || toolbar) && h("div", { class: "toolbar" },
    search && searchBox(), filters.map(control), toolbar && h("div", { class: "spacer" }), toolbar);
  refresh();
  return { element: h("section", { class: "card" }, bar, body), refresh, query };
}

/** `load` for a route that gives the whole list: it is searched, sorted and cut into pages here. */
export function wholeList(fetchRows, { text = (row) => JSON.stringify(row), matches = () => true } = {}) {
  return async (query) => {
    const wanted = query.search.toLowerCase();
    const rows = (await fetchRows(query)).filter((row) => matches(row, query) && text(row).toLowerCase().includes(wanted));
    if (query.sort) rows.sort((a, b) => compare(a[query.sort], b[query.sort]) * (query.descending ? -1 : 1));
    const start = (query.page - 1) * query.size;
    return { rows: rows.slice(start, start + query.size), total: rows.length };
  };
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return typeof a === "string" ? a.localeCompare(b) : a - b;
}
