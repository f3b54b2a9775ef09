// Billing: whether Lago answers, what waits for it, what customers spent, and what Lago refused.

import { api } from "../lib/api.js";
import { confirmed, openDialog } from "../lib/dialog.js";
import { h, replace } from "../lib/dom.js";
import { number, shortened, when } from "../lib/format.js";
import { errorBox } from "../lib/notices.js";
import { attempt, badge, button, facts, pageHead } from "../lib/parts.js";
import { isAdmin } from "../lib/session.js";
import { dataTable } from "../lib/table.js";

const moment = (seconds) => when(new Date(seconds * 1000).toISOString());
const amount = (row, name) => `${row[name]} ${row.currency}`;

export async function show() {
  const state = h("section", { class: "card padded", "aria-label": "State of billing" });
  const tables = [];
  const again = () => Promise.all([drawState(state), ...tables.map((table) => table.refresh())]);
  const letters = deadLetters(again);
  const customers = customerTable();
  tables.push(letters, customers);
  await drawState(state);
  return [
    pageHead("Billing", "What Lago is told of calls. Events wait here until Lago has them; what it refuses is a dead letter.", button("Refresh", again)),
    h("div", { class: "stack" }, state, h("h2", {}, "Dead letters"), letters.element, h("h2", {}, "Customers"), customers.element),
  ];
}

async function drawState(element) {
  try {
    const found = await api.get("moneta/status");
    const up = found.lago === "connected";
    replace(element, facts([
      ["Lago", badge(up ? "Connected" : "Unavailable", up ? "good" : "bad")], ["Last error", found.last_error],
      ["Events waiting", number(found.events_waiting)], ["Oldest waits for", found.events_waiting ? `${Math.round(found.oldest_waiting_seconds)} s` : null],
      ["Dead letters", number(found.dead_letters)], ["Currency", found.currency], ["Billed is", found.charge_by], ["While Lago is away", found.when_unavailable],
    ]));
  } catch (error) {
    replace(element, errorBox(error, () => drawState(element)));
  }
}

function deadLetters(again) {
  const replay = async (ids, what) => {
    const sure = await confirmed({ title: "Send again", message: `${what} sent to Lago again. What it has taken before is not counted twice.`, action: "Send again", danger: false });
    if (sure && (await attempt(() => api.post("moneta/replay", ids ? { ids } : {}), "Sent again. What Lago refuses once more comes back here."))) await again();
  };
  return dataTable({
    label: "Dead letters", empty: "Lago has refused nothing.",
    columns: [
      { label: "Event", open: true, value: (row) => shortened(row.transaction_id, 16) },
      { label: "Customer", value: (row) => row.customer },
      { label: "Amount", number: true, value: (row) => amount(row, "amount") },
      { label: "Reason", value: (row) => row.reason },
      { label: "Refused", class: "tight", value: (row) => moment(row.failed_at) },
    ],
    load: async ({ page, size }) => {
      const answer = await api.get("moneta/dead_letters", { page, page_size: size });
      return { rows: answer.dead_letters, total: answer.total };
    },
    open: (row) => openDialog("Dead letter", h("div", {}, facts([["Event", row.transaction_id], ["Customer", row.customer], ["Subscription", row.subscription],
      ["Amount", amount(row, "amount")], ["Reason", row.reason], ["Attempts", number(row.attempts)], ["Refused", moment(row.failed_at)]])), { shape: "drawer" }),
    actions: isAdmin() ? (row) => button("Send again", () => replay([row.transaction_id], "This event is")) : null,
    toolbar: isAdmin() && button("Send all again", () => replay(null, "All dead letters are")),
  });
}

function customerTable() {
  return dataTable({
    label: "Billed customers", search: "Customer", empty: "Nobody was billed yet, or balances are not looked at (entitlement).",
    columns: [
      { label: "Customer", open: true, value: (row) => row.customer },
      { label: "Spent", number: true, value: (row) => amount(row, "spent") },
      { label: "Waiting", number: true, value: (row) => amount(row, "waiting") },
      { label: "Refused", number: true, value: (row) => amount(row, "dead") },
    ],
    load: async ({ page, size, search }) => {
      const answer = await api.get("moneta/customers", { page, page_size: size, search });
      return { rows: answer.customers, total: answer.total };
    },
    open: openCustomer,
  });
}

async function openCustomer(row) {
  const wallet = h("div", {});
  openDialog(row.customer, h("div", {}, facts([["Spent", amount(row, "spent")], ["Waiting", `${amount(row, "waiting")} in ${number(row.waiting_events)} events`],
    ["Refused", `${amount(row, "dead")} in ${number(row.dead_letters)} events`]]), h("h3", {}, "Wallets"), wallet), { shape: "drawer" });
  try {
    const found = await api.get("moneta/wallets", { customer: row.customer });
    replace(wallet, found.lago !== "connected" ? "Lago does not answer." : found.balance === null ? "No wallet." : `${found.balance} ${found.currency}`);
  } catch (error) {
    replace(wallet, errorBox(error));
  }
}
