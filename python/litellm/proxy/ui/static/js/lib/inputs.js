// The kinds of inputs a form has. Each gives {element, control, read()}: what is shown, what has the focus, the value.

import { h, newId } from "./dom.js";

const DURATIONS = [["", "Never"], ["1h", "1 hour"], ["24h", "1 day"], ["7d", "7 days"], ["30d", "30 days"], ["90d", "90 days"], ["365d", "1 year"]];

function typed(type, extra, parse = (text) => text.trim()) {
  return (field, value, common) => {
    const control = h("input", { ...common, type, ...extra, placeholder: field.placeholder, autocomplete: field.autocomplete ?? "off", value: value ?? "" });
    return { element: control, control, read: () => (control.value.trim() === "" ? null : parse(control.value)) };
  };
}

function amount(step, whole) {
  return typed("number", { step, min: 0, inputmode: whole ? "numeric" : "decimal" }, (text) => {
    const value = Number(text);
    if (!Number.isFinite(value) || value < 0) throw new Error("A number of 0 or more is expected.");
    if (whole && !Number.isInteger(value)) throw new Error("A whole number is expected.");
    return value;
  });
}

function select(field, value, common) {
  const options = field.options.map((option) => (Array.isArray(option) ? option : [option, option]));
  if (value && !options.some(([known]) => known === value)) options.push([value, value]);
  const control = h("select", common, options.map(([known, label]) => h("option", { value: known, selected: known === (value ?? "") }, label)));
  if (field.onchange) control.addEventListener("change", () => field.onchange(control.value));
  return { element: control, control, read: () => control.value || null };
}

function checkbox(field, value, common) {
  const control = h("input", { ...common, type: "checkbox", checked: Boolean(value) });
  return { element: control, control, labelAfter: true, read: () => control.checked };
}

function textarea(field, value, common, parse = (text) => text) {
  const control = h("textarea", { ...common, rows: field.rows ?? 3, placeholder: field.placeholder, spellcheck: "false" });
  control.value = value ?? "";
  return { element: control, control, read: () => (control.value.trim() === "" ? null : parse(control.value)) };
}

function json(field, value, common) {
  const blank = value === null || value === undefined || (typeof value === "object" && Object.keys(value).length === 0);
  return textarea({ rows: 4, placeholder: '{"name": "value"}', ...field }, blank ? "" : JSON.stringify(value, null, 2), { ...common, class: "mono" }, (text) => {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Error(`This is not JSON: ${error.message}`);
    }
  });
}

/** Several words: typed or picked from suggestions, each shown as a chip that can be taken out again. */
function chips(field, value, common) {
  const chosen = new Set(value ?? []);
  const listId = newId("options");
  const box = h("ul", { class: "chips", "aria-label": `${field.label}: chosen` });
  const control = h("input", { ...common, list: listId, autocomplete: "off", placeholder: field.placeholder ?? "Type and press Enter" });
  const draw = () => box.replaceChildren(...[...chosen].map((word) => h("li", {}, word,
    h("button", { type: "button", "aria-label": `Remove ${word}`, onclick: () => change("delete", word) }, "×"))));
  const change = (how, word) => {
    chosen[how](word);
    draw();
    control.focus();
  };
  const take = () => {
    control.value.split(",").map((word) => word.trim()).filter(Boolean).forEach((word) => chosen.add(word));
    control.value = "";
    draw();
  };
  control.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === ",") && control.value.trim()) {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && !control.value && chosen.size) {
      change("delete", [...chosen].pop());
    }
  });
  control.addEventListener("change", take);
  draw();
  const suggestions = h("datalist", { id: listId }, (field.options ?? []).map((option) => h("option", { value: option })));
  return { element: h("div", { class: "chips-input" }, box, control, suggestions), control, read: () => (take(), [...chosen]) };
}

/** Text with suggestions: any other text is taken too. */
function suggested(field, value, common) {
  const listId = newId("options");
  const made = inputs.text(field, value, { ...common, list: listId });
  const options = (field.options ?? []).map((option) => (Array.isArray(option) ? h("option", { value: option[0] }, option[1]) : h("option", { value: option })));
  return { ...made, element: h("div", {}, made.element, h("datalist", { id: listId }, options)) };
}

function secret(field, value, common) {
  return inputs.password({ autocomplete: "off", ...field }, null, common);
}

export const inputs = {
  text: typed("text", {}),
  email: typed("email", {}),
  date: typed("date", {}),
  password: typed("password", {}, (text) => text),
  money: amount("any", false),
  integer: amount(1, true),
  duration: (field, value, common) => select({ ...field, options: field.options ?? DURATIONS }, value, common),
  select, checkbox, textarea, json, chips, suggested, secret,
};
