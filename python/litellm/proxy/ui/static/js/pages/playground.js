// A chat with any model that the reader may call: streamed, and counted like any other call.

import { stream } from "../lib/api.js";
import * as choices from "../lib/choices.js";
import { h, newId } from "../lib/dom.js";
import { number } from "../lib/format.js";
import { emptyBox, notifyError } from "../lib/notices.js";
import { pageHead } from "../lib/parts.js";

export async function show(query) {
  const models = (await choices.models()).filter((name) => !name.includes("*"));
  if (models.length === 0) return [pageHead("Playground"), h("section", { class: "card" }, emptyBox("No model is served to you."))];
  const settings = inputs(models, query.get("model"));
  const messages = h("div", { class: "messages", role: "log", "aria-label": "Conversation", tabindex: "0" });
  const history = [];
  let running = null;

  const field = h("textarea", { rows: 2, "aria-label": "Message", placeholder: "Ask something. Enter sends, Shift+Enter makes a new line." });
  const send = h("button", { class: "primary" }, "Send");
  const clear = h("button", { type: "button", onclick: () => { running?.abort(); history.length = 0; messages.replaceChildren(); field.focus(); } }, "Clear");

  async function ask() {
    const text = field.value.trim();
    if (running) {
      running.abort();
      return;
    }
    if (!text) return;
    field.value = "";
    history.push({ role: "user", content: text });
    say(messages, "user", text);
    const answer = say(messages, "assistant", "");
    running = new AbortController();
    send.textContent = "Stop";
    try {
      history.push({ role: "assistant", content: await receive(settings.read(), history, answer, running.signal) });
    } catch (error) {
      if (error.name !== "AbortError") {
        answer.classList.add("failed");
        answer.textContent = error.message;
        history.pop();
      }
    } finally {
      running = null;
      send.textContent = "Send";
      field.focus();
    }
  }

  const composer = h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); ask().catch(notifyError); } }, field, send, clear);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      composer.requestSubmit();
    }
  });
  return [pageHead("Playground", "Calls made here cost what any other call costs, and are in the log."),
    h("div", { class: "stack" }, h("section", { class: "card padded" }, settings.element), h("section", { class: "card chat" }, messages, composer))];
}

function inputs(models, wanted) {
  const labelled = (label, control) => {
    control.id = newId("setting");
    return h("div", { class: "field" }, h("label", { for: control.id }, label), control);
  };
  const model = h("select", {}, models.map((name) => h("option", { value: name, selected: name === wanted }, name)));
  const temperature = h("input", { type: "number", min: 0, max: 2, step: 0.1, placeholder: "The model's own" });
  const most = h("input", { type: "number", min: 1, step: 1, placeholder: "The model's own" });
  const system = h("textarea", { rows: 2, placeholder: "You are …" });
  const read = () => ({ model: model.value, temperature: amount(temperature), max_tokens: amount(most), system: system.value.trim() });
  return { read, element: h("div", { class: "fields" }, labelled("Model", model), labelled("Temperature", temperature), labelled("Most output tokens", most), labelled("System prompt", system)) };
}

function amount(control) {
  return control.value === "" ? undefined : Number(control.value);
}

async function receive({ system, ...settings }, history, answer, signal) {
  const messages = system ? [{ role: "system", content: system }, ...history] : [...history];
  const began = performance.now();
  let text = "";
  let usage = null;
  for await (const event of stream("chat/completions", { ...settings, messages, stream: true, stream_options: { include_usage: true } }, { signal })) {
    text += event.choices?.[0]?.delta?.content ?? "";
    usage = event.usage ?? usage;
    answer.textContent = text;
    answer.scrollIntoView({ block: "nearest" });
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  answer.append(h("small", {}, usage ? `${number(usage.prompt_tokens)} + ${number(usage.completion_tokens)} tokens, ${seconds} s` : `${seconds} s`));
  return text;
}

function say(messages, role, text) {
  const message = h("div", { class: `message ${role}` }, text);
  messages.append(message);
  message.scrollIntoView({ block: "nearest" });
  return message;
}
