// What happened, said where screen readers hear it.

import { h } from "./dom.js";

const SHOWN_MS = 6000;

function region() {
  return document.getElementById("notices");
}

/** Something went well. */
export function notify(message) {
  show(message, "good");
}

/** Something failed: the gateway's own message. */
export function notifyError(error) {
  if (error.name !== "AbortError") show(error.message || String(error), "bad");
}

function show(message, kind) {
  const notice = h("div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status" },
    h("span", {}, message),
    h("button", { class: "quiet", "aria-label": "Dismiss", onclick: () => notice.remove() }, "×"));
  region().append(notice);
  if (kind === "good") setTimeout(() => notice.remove(), SHOWN_MS);
}

/** An error in the place of what could not be shown, with a way to try again. */
export function errorBox(error, retry) {
  return h("div", { class: "box bad", role: "alert" },
    h("p", {}, error.message || String(error)),
    retry && h("button", { type: "button", onclick: retry }, "Try again"));
}

export function loadingBox(what = "Loading") {
  return h("div", { class: "box loading", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }), `${what}…`);
}

export function emptyBox(message, action) {
  return h("div", { class: "box empty" }, h("p", {}, message), action);
}
