// Forms from data: a field is {name, label, type, hint, required, options, …}; the gateway's refusals appear at the field.

import { h, newId, replace } from "./dom.js";
import { inputs } from "./inputs.js";

/**
 * A form. `submit` is given what is filled in: everything that is not blank, or with `values`, what differs from them
 * (a field that was emptied is null). A field with `when: [name, value]` is there while another one has that value. It may throw an ApiError, whose message is shown at the field it names. `also` is {label, run}: something else to do with what
 * is filled in.
 */
export function form({ fields, values, submit, action = "Save", cancel, also }) {
  const alert = h("div", { class: "form-error", role: "alert" });
  const built = fields.filter(Boolean).map((field) => buildField(field, values?.[field.name] ?? field.initial));
  const button = h("button", { class: "primary" }, action);
  const arrange = () => built.forEach((field) => {
    field.element.hidden = Boolean(field.when) && built.find((other) => other.name === field.when[0]).read() !== field.when[1];
  });
  const element = h("form", { novalidate: true, class: "form" }, groups(built), alert,
    h("div", { class: "actions" }, also && h("button", { type: "button", onclick: () => send(also.run) }, also.label), h("div", { class: "spacer" }),
      cancel && h("button", { type: "button", onclick: cancel }, "Cancel"), button));
  arrange();
  element.addEventListener("change", arrange);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    send(submit);
  });
  async function send(to) {
    replace(alert);
    built.forEach((field) => field.complain(""));
    const given = gather(built, Boolean(values));
    if (!given) return;
    button.disabled = true;
    try {
      await to(given);
    } catch (error) {
      report(error, built, alert);
    } finally {
      button.disabled = false;
    }
  }
  return element;
}

function groups(built) {
  const plain = built.filter((field) => !field.more).map((field) => field.element);
  const more = built.filter((field) => field.more).map((field) => field.element);
  return [h("div", { class: "fields" }, plain), more.length > 0 && h("details", {}, h("summary", {}, "More settings"), h("div", { class: "fields" }, more))];
}

function buildField(field, value) {
  const id = newId("field");
  const hint = field.hint && h("small", { id: `${id}-hint`, class: "hint" }, field.hint);
  const error = h("small", { id: `${id}-error`, class: "error" });
  const described = [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  const made = inputs[field.type ?? "text"](field, value, { id, name: field.name, "aria-describedby": described, "aria-required": field.required });
  const label = h("label", { for: id }, field.label, field.required && h("span", { class: "required", "aria-hidden": "true" }, " *"));
  const element = h("div", { class: `field is-${field.type ?? "text"} ${field.wide ? "wide" : ""}` },
    made.labelAfter ? [made.element, label] : [label, made.element], hint, error);
  const complain = (message) => {
    error.textContent = message;
    made.control.setAttribute("aria-invalid", message ? "true" : "false");
    if (message) element.closest("details")?.setAttribute("open", "");
  };
  return { ...field, element, complain, control: made.control, before: normal(made.read()), read: made.read };
}

function normal(value) {
  return JSON.stringify(value ?? null);
}

/** What to send, or null when a field is wrong: then it says so. */
function gather(built, onlyChanges) {
  const given = {};
  let wrong = null;
  for (const field of built.filter((candidate) => !candidate.element.hidden)) {
    let value;
    try {
      value = field.read();
    } catch (error) {
      field.complain(error.message);
      wrong ??= field;
      continue;
    }
    const blank = value === null || value === "" || (Array.isArray(value) && value.length === 0);
    if (field.required && blank) {
      field.complain(`${field.label} is required.`);
      wrong ??= field;
    } else if (onlyChanges ? normal(value) !== field.before : !blank) {
      given[field.name] = value;
    }
  }
  wrong?.control.focus();
  return wrong ? null : given;
}

function report(error, built, alert) {
  const names = String(error.param ?? "").split(".");
  const field = built.find((candidate) => names.includes(candidate.name));
  if (field) {
    field.complain(error.message);
    field.control.focus();
  } else {
    replace(alert, error.message || String(error));
  }
}
