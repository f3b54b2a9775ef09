// Small pieces that pages share.

import { h } from "./dom.js";
import { money } from "./format.js";
import { notify, notifyError } from "./notices.js";

export function pageHead(title, intro, ...actions) {
  return h("div", { class: "page-head" }, h("div", {}, h("h1", { tabindex: "-1" }, title), intro && h("p", { class: "muted" }, intro)), h("div", { class: "row" }, actions));
}

export function badge(text, kind = "") {
  return h("span", { class: `badge ${kind}` }, text);
}

/** Names and values; those without a value are left out. */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== "–");
  return h("dl", { class: "facts" }, shown.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** Spend beside its budget. */
export function budget(spend, limit) {
  if (limit === null || limit === undefined) return h("span", {}, money(spend ?? 0));
  const share = limit > 0 ? Math.min(1, (spend ?? 0) / limit) : 1;
  const state = share >= 1 ? "full" : share >= 0.8 ? "near" : "";
  const bar = h("meter", { class: state, min: 0, max: 1, value: share, "aria-label": `${Math.round(share * 100)}% of the budget` });
  return h("span", { class: "budget" }, `${money(spend ?? 0)} / ${money(limit)}`, bar);
}

export function code(value) {
  return h("pre", { class: "code", tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value, null, 2));
}

export function button(label, onclick, kind = "") {
  return h("button", { type: "button", class: kind, onclick }, label);
}

export function linkTo(hash, label) {
  return h("a", { href: `#/${hash}` }, label);
}

/** Do something, say how it went, and tell whether it went well. */
export async function attempt(work, done) {
  try {
    await work();
    if (done) notify(done);
    return true;
  } catch (error) {
    notifyError(error);
    return false;
  }
}

/** Tabs that follow the keyboard as WAI-ARIA says; `tabs` are [name, render]. */
export function tabbed(label, tabs) {
  const panel = h("div", { role: "tabpanel", tabindex: "0" });
  const buttons = tabs.map(([name], index) => h("button", { type: "button", role: "tab", onclick: () => show(index) }, name));
  const show = (index) => {
    buttons.forEach((tab, at) => {
      tab.setAttribute("aria-selected", at === index ? "true" : "false");
      tab.tabIndex = at === index ? 0 : -1;
    });
    panel.setAttribute("aria-label", tabs[index][0]);
    panel.replaceChildren(tabs[index][1]());
  };
  const bar = h("div", { role: "tablist", class: "tabs", "aria-label": label, onkeydown: (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    show(next);
    buttons[next].focus();
  } }, buttons);
  show(0);
  return h("div", {}, bar, panel);
}
