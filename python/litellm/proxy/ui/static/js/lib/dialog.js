// Dialogs and drawers on the browser's own <dialog>: it keeps the focus inside and gives it back at the end.

import { h, newId } from "./dom.js";

/** Open a dialog. `content` is an element, or a function of `close`. `shape`: "", "wide" or "drawer". */
export function openDialog(title, content, { shape = "", onclose } = {}) {
  const id = newId("title");
  const close = () => dialog.close();
  const dialog = h("dialog", { class: shape, "aria-labelledby": id },
    h("header", {},
      h("h2", { id }, title),
      h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: close }, "×")),
    h("div", { class: "content" }, typeof content === "function" ? content(close) : content));
  dialog.addEventListener("close", () => {
    dialog.remove();
    onclose?.();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && shape === "drawer") close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return close;
}

/** Ask before something that cannot be undone; whether it was confirmed. */
export function confirmed({ title, message, action = "Delete", danger = true }) {
  return new Promise((resolve) => {
    let answer = false;
    openDialog(title, (close) => {
      const decide = () => {
        answer = true;
        close();
      };
      return h("div", {},
        h("p", {}, message),
        h("div", { class: "actions" },
          h("button", { type: "button", onclick: close, autofocus: true }, "Cancel"),
          h("button", { type: "button", class: danger ? "danger" : "primary", onclick: decide }, action)));
    }, { onclose: () => resolve(answer) });
  });
}

/** A secret that is shown once, with a button that copies it. */
export function showOnce(title, secret, explanation) {
  openDialog(title, (close) => {
    const said = h("span", { role: "status", class: "muted" });
    const field = h("input", { readonly: true, value: secret, class: "mono", "aria-label": title, onfocus: (event) => event.target.select() });
    const copy = async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(secret);
        said.textContent = "Copied.";
      } catch {
        said.textContent = "Press Ctrl+C to copy.";
      }
    };
    return h("div", {},
      h("p", {}, explanation),
      h("div", { class: "row" }, field, h("button", { type: "button", class: "primary", onclick: copy }, "Copy")),
      h("div", { class: "actions" }, said, h("button", { type: "button", onclick: close }, "Done")));
  });
}
