// The signed-in user's own account.

import { api } from "../lib/api.js";
import { openDialog } from "../lib/dialog.js";
import { h } from "../lib/dom.js";
import { form } from "../lib/form.js";
import { when } from "../lib/format.js";
import { notify } from "../lib/notices.js";
import { facts } from "../lib/parts.js";
import { session } from "../lib/session.js";

export function openAccount() {
  const { user_id: id, user_email: email, user_role: role, expires, login_method: method } = session();
  openDialog("Your account", (close) => h("div", {},
    facts([["User", id], ["Email", email], ["Role", role], ["Session ends", when(expires * 1000)]]),
    method === "username_password" && passwordForm(close)));
}

function passwordForm(close) {
  return h("section", {}, h("h3", {}, "Change the password"), form({
    action: "Change password",
    fields: [
      { name: "current_password", label: "Current password", type: "password", required: true, autocomplete: "current-password" },
      { name: "new_password", label: "New password", type: "password", required: true, autocomplete: "new-password" },
    ],
    submit: async (given) => {
      await api.post("user/password/change", given);
      notify("The password was changed; other sessions have ended.");
      close();
    },
  }));
}
