// A page of one kind of thing: its list, its details in a drawer, forms that make and change it, and its end.

import { confirmed, openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { form } from "./form.js";
import { notify, notifyError } from "./notices.js";
import { attempt, button, facts, pageHead } from "./parts.js";
import { dataTable } from "./table.js";

/**
 * `noun` names one thing; `table` is what `dataTable` takes; `name(row)` is its title.
 * `fields(row)` gives the form's fields, `values(row)` what is in them; `create(given)` and `update(row, given)` send it,
 * `remove(row)` ends it, each left out where there is none; `mayChange(row)` says whether the reader sees the buttons.
 * `also` is a second thing to do with the form that makes one.
 * `details(row)` fetches more of a row, `facts(row)` and `sections(row, again)` show it, `buttons(row, again)` adds more.
 */
export function entityPage(spec) {
  const table = dataTable({ ...spec.table, open: (row, refresh) => open(spec, row, refresh) });
  const create = spec.create && button(spec.createLabel ?? `Create ${spec.noun}`, () => make(spec, table.refresh), "primary");
  return [pageHead(spec.title, spec.intro, spec.links, create), table.element];
}

async function make(spec, refresh) {
  await formDialog(spec.createLabel ?? `Create ${spec.noun}`, spec.fields, {
    action: spec.createLabel ?? `Create ${spec.noun}`, also: spec.also,
    submit: async (given) => {
      const made = await spec.create(given);
      refresh();
      if (spec.created) spec.created(made);
      else notify(`The ${spec.noun} was created.`);
    },
  });
}

async function open(spec, listed, refresh) {
  let row;
  try {
    row = spec.details ? await spec.details(listed) : listed;
  } catch (error) {
    notifyError(error);
    return;
  }
  openDialog(spec.name(row), (close) => {
    const again = async () => {
      close();
      await refresh();
    };
    const mayChange = spec.mayChange ? spec.mayChange(row) : true;
    const buttons = [
      mayChange && spec.update && button("Edit", () => change(spec, row, again)),
      mayChange && spec.buttons?.(row, again),
      mayChange && spec.remove && button("Delete", () => end(spec, row, again), "danger"),
    ].flat().filter(Boolean);
    return h("div", {}, buttons.length > 0 && h("div", { class: "row" }, buttons), facts(spec.facts(row)), spec.sections?.(row, again));
  }, { shape: "drawer" });
}

async function change(spec, row, again) {
  await formDialog(`Edit ${spec.name(row)}`, () => spec.fields(row), {
    values: spec.values ? spec.values(row) : row,
    submit: async (given) => {
      await spec.update(row, given);
      notify(`The ${spec.noun} was changed.`);
      again();
    },
  });
}

async function end(spec, row, again) {
  const message = spec.removeMessage?.(row) ?? `${spec.name(row)} will be gone for good.`;
  const sure = await confirmed({ title: `Delete ${spec.noun}`, message });
  if (sure && (await attempt(() => spec.remove(row), `The ${spec.noun} was deleted.`))) again();
}

/** A form in a dialog that closes when it was sent; `fields` may have to be fetched. */
export async function formDialog(title, fields, { submit, values, action, also, shape = "wide" }) {
  try {
    const found = await (typeof fields === "function" ? fields() : fields);
    openDialog(title, (close) => form({
      fields: found, values, action, also, cancel: close,
      submit: async (given) => {
        await submit(given);
        close();
      },
    }), { shape });
  } catch (error) {
    notifyError(error);
  }
}
