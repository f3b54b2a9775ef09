// The members of a team or an organization.

import { formDialog } from "./entity.js";
import { confirmed } from "./dialog.js";
import { h } from "./dom.js";
import { attempt, badge, button } from "./parts.js";

/** A section with the members. `actions`: {users, roles, add(given), update(member, given), remove(member)}, or none. */
export function membersSection(members, actions, again) {
  const add = actions && button("Add member", () => formDialog("Add member", fields(actions, true), {
    action: "Add member", shape: "",
    submit: async (given) => {
      await actions.add(given);
      again();
    },
  }), "small");
  return h("section", { class: "stack" },
    h("div", { class: "row" }, h("h3", {}, `Members (${members.length})`), h("div", { class: "spacer" }), add),
    members.length === 0 ? h("p", { class: "muted" }, "No members yet.") : h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Members" }, h("table", {},
      h("thead", {}, h("tr", {}, ["Member", "Role", "Spend"].map((name) => h("th", { scope: "col" }, name)), actions && h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Actions")))),
      h("tbody", {}, members.map((member) => line(member, actions, again))))));
}

function line(member, actions, again) {
  const edit = () => formDialog(`Change ${member.name}`, fields(actions, false), {
    values: { role: member.role, budget: member.budget }, shape: "",
    submit: async (given) => {
      await actions.update(member, given);
      again();
    },
  });
  const remove = async () => {
    const sure = await confirmed({ title: "Remove member", message: `${member.name} loses its keys here.`, action: "Remove" });
    if (sure && (await attempt(() => actions.remove(member), "The member was removed."))) again();
  };
  return h("tr", {}, h("td", {}, member.name), h("td", {}, badge(member.role)), h("td", {}, member.spend),
    actions && h("td", { class: "row-actions" }, button("Change", edit, "small"), button("Remove", remove, "small danger")));
}

function fields({ users, roles }, naming) {
  return [
    naming && { name: "user", label: "User id or email", type: "suggested", options: users, required: true },
    { name: "role", label: "Role", type: "select", options: roles, initial: roles.at(-1)[0] },
    { name: "budget", label: "Budget of the member (USD)", type: "money" },
  ];
}

/** How routes name a member that was typed or picked. */
export function named(user) {
  return user.includes("@") ? { user_email: user } : { user_id: user };
}
