// Guardrails: what looks at calls, what it did, and a place to try it on a text.

import { api } from "../lib/api.js";
import { h, newId, replace } from "../lib/dom.js";
import { entityPage } from "../lib/entity.js";
import { waiting } from "../lib/followed.js";
import { list, number, when } from "../lib/format.js";
import { emptyBox, errorBox } from "../lib/notices.js";
import { badge, code } from "../lib/parts.js";
import { isAdmin } from "../lib/session.js";
import { wholeList } from "../lib/table.js";

const OUTCOMES = { passed: "good", masked: "warn", blocked: "bad", error: "bad" };
const follow = waiting("guardrail", "guardrail_id", async () => (await api.get("v2/guardrails/list")).guardrails);
const path = (row) => `guardrails/${encodeURIComponent(row.guardrail_id)}`;
const ofDatabase = (row) => row.guardrail_definition_location === "db";
const modes = (row) => (typeof row.litellm_params.mode === "object" && !Array.isArray(row.litellm_params.mode) ? "by tag" : list([].concat(row.litellm_params.mode), 4));

export async function show() {
  const [{ supported_modes: allModes }, kinds] = await Promise.all([api.get("guardrails/ui/add_guardrail_settings"), api.get("guardrails/ui/provider_specific_params")]);
  const page = entityPage({
    title: "Guardrails", noun: "guardrail", intro: "They look at what is asked and answered, and let it pass, change it or refuse it.",
    name: (row) => row.guardrail_name,
    table: {
      label: "Guardrails", search: "Name or kind", sort: "guardrail_name", descending: false, empty: "No guardrails yet.",
      columns: [
        { label: "Name", sort: "guardrail_name", open: true, value: (row) => row.guardrail_name },
        { label: "Kind", value: (row) => kinds[row.litellm_params.guardrail]?.ui_friendly_name ?? row.litellm_params.guardrail },
        { label: "Runs", value: modes },
        { label: "For", value: (row) => (row.litellm_params.default_on ? "Every call" : "Who asks for it") },
        { label: "Runs in 7 days", sort: "runs", number: true, value: (row) => number(row.runs) },
        { label: "Refused", sort: "refused", number: true, value: (row) => (row.runs ? `${row.refused}%` : "–") },
        { label: "From", value: (row) => (ofDatabase(row) ? badge("Database", "good") : badge("Config file")) },
      ],
      load: wholeList(withUsage, { text: (row) => `${row.guardrail_name} ${row.litellm_params.guardrail}` }),
    },
    fields: () => [
      { name: "guardrail_name", label: "Name", required: true },
      { name: "guardrail", label: "Kind", type: "select", required: true, options: Object.entries(kinds).map(([kind, row]) => [kind, row.ui_friendly_name]) },
      { name: "mode", label: "Runs", type: "chips", required: true, options: allModes, initial: ["pre_call"] },
      { name: "default_on", label: "For every call", type: "checkbox" },
      { name: "others", label: "Settings", type: "json", wide: true, rows: 6, placeholder: '{"blocked_words": [{"keyword": "titan", "action": "BLOCK"}]}', hint: "Those of its kind, as in the documentation. A secret that is shown as ******** stays as it is." },
    ],
    values: ({ guardrail_name, litellm_params: { guardrail, mode, default_on, ...others } }) => ({ guardrail_name, guardrail, mode: [].concat(mode), default_on, others }),
    mayChange: (row) => isAdmin() && ofDatabase(row),
    create: isAdmin() && (({ guardrail_name, ...params }) => follow.stored(api.post("guardrails", { guardrail: { guardrail_name, litellm_params: body(params) } }))),
    update: (row, { guardrail_name, ...params }) => follow.stored(api.patch(path(row), { guardrail_name, litellm_params: body(params) })),
    remove: (row) => follow.removed(api.delete(path(row)), row),
    removeMessage: (row) => `${row.guardrail_name} looks at no call any more.`,
    facts: (row) => [["Kind", row.litellm_params.guardrail], ["Runs", modes(row)], ["For", row.litellm_params.default_on ? "Every call" : "Who asks for it"],
      ["Description", row.guardrail_info?.description], ["Created", when(row.created_at)], ["Changed", when(row.updated_at)]],
    sections: (row) => h("section", {}, h("h3", {}, "Settings"), code(row.litellm_params)),
  });
  const [head, table] = page;
  return isAdmin() ? [head, h("div", { class: "stack" }, table, await trial())] : page;
}

async function withUsage() {
  const [{ guardrails }, { rows }] = await Promise.all([api.get("v2/guardrails/list"), api.get("guardrails/usage/overview")]);
  const known = new Map(rows.map((row) => [row.id, row]));
  return guardrails.map((row) => ({ ...row, runs: known.get(row.guardrail_id)?.requestsEvaluated ?? 0, refused: known.get(row.guardrail_id)?.failRate ?? 0 }));
}

function body({ others, ...given }) {
  return { ...others, ...given };
}

/** A text, as each guardrail leaves it, without a call to a model. */
async function trial() {
  const { guardrails } = await api.get("v2/guardrails/list");
  const names = guardrails.map((row) => row.guardrail_name);
  const ids = { text: newId("trial"), side: newId("trial") };
  const text = h("textarea", { id: ids.text, rows: 4, placeholder: "What somebody may write, or a model answer." });
  const side = h("select", { id: ids.side }, [["request", "A request"], ["response", "An answer"]].map(([value, name]) => h("option", { value }, name)));
  const chosen = names.map((name) => {
    const box = h("input", { type: "checkbox", id: newId("trial"), checked: true });
    return { name, box, element: h("div", { class: "field is-checkbox" }, box, h("label", { for: box.id }, name)) };
  });
  const found = h("div", { role: "status" });
  const run = h("button", { class: "primary", disabled: names.length === 0 }, "Try");
  const submit = async (event) => {
    event.preventDefault();
    run.disabled = true;
    try {
      const wanted = chosen.filter(({ box }) => box.checked).map(({ name }) => name);
      const { results } = await api.post("utils/test_policies_and_guardrails", { guardrail_names: wanted, inputs_list: [{ texts: [text.value] }], input_type: side.value });
      replace(found, wanted.length ? outcomes(results[0].guardrail_results) : emptyBox("No guardrail is chosen."));
    } catch (error) {
      replace(found, errorBox(error));
    } finally {
      run.disabled = false;
    }
  };
  return h("section", { class: "card padded", "aria-label": "Try guardrails" }, h("h2", {}, "Try guardrails"),
    h("form", { class: "form", onsubmit: submit }, h("div", { class: "fields" },
      h("div", { class: "field wide" }, h("label", { for: ids.text }, "Text"), text),
      h("div", { class: "field" }, h("label", { for: ids.side }, "It is"), side), chosen.map(({ element }) => element)),
    h("div", { class: "actions" }, h("div", { class: "spacer" }), run)), found);
}

function outcomes(rows) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Outcomes" }, h("table", {},
    h("thead", {}, h("tr", {}, ["Guardrail", "Outcome", "Text"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.guardrail_name), h("td", { "data-label": "Outcome" }, badge(row.action, OUTCOMES[row.action])),
      h("td", { "data-label": "Text" }, row.details || row.output_text))))));
}
