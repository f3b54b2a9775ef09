// The sign-in, and the first visit of somebody who was invited.

import { api } from "./lib/api.js";
import { h, replace } from "./lib/dom.js";
import { form } from "./lib/form.js";
import { errorBox, loadingBox } from "./lib/notices.js";
import { loadSession, session, signIn, ssoAddress } from "./lib/session.js";

const PROVIDERS = { google: "Google", microsoft: "Microsoft", generic: "single sign-on" };

function frame(app, title, ...children) {
  replace(app, h("main", { class: "sign-in" }, h("div", { class: "card" },
    h("div", { class: "brand" }, h("img", { src: "icon.svg", alt: "" }), "LiteLLM gateway"),
    h("h1", { tabindex: "-1" }, title), children)));
  document.title = `${title} · LiteLLM gateway`;
}

export function showSignIn(app, done, reason = "") {
  const { sso } = session();
  const password = form({
    action: "Sign in",
    fields: [
      { name: "username", label: "Name or email", required: true, autocomplete: "username" },
      { name: "password", label: "Password", type: "password", required: true, autocomplete: "current-password" },
    ],
    submit: async ({ username, password: word }) => {
      await signIn(username, word);
      done();
    },
  });
  const provider = sso && h("div", { class: "form" },
    h("a", { class: "button primary full", href: ssoAddress() }, `Continue with ${PROVIDERS[sso] ?? sso}`));
  frame(app, "Sign in",
    h("p", { class: "muted", role: "status" }, reason || "Administrators use admin and the master key, unless a password was set."),
    provider, provider && h("p", { class: "or" }, "or with a password"), password);
  app.querySelector(sso ? ".button" : "input").focus();
}

export async function showOnboarding(app, invitation, done) {
  frame(app, "Welcome", loadingBox());
  let invited;
  try {
    invited = await api.get("onboarding/get_token", { invite_link: invitation });
  } catch (error) {
    frame(app, "Welcome", errorBox(error));
    return;
  }
  const submit = async ({ password, again }) => {
    if (password !== again) throw Object.assign(new Error("The two passwords differ."), { param: "again" });
    const body = { invitation_link: invitation, user_id: invited.user_id, password };
    await api.post("onboarding/claim_token", body, { headers: { authorization: `Bearer ${invited.key}` } });
    await loadSession();
    done();
  };
  frame(app, "Welcome",
    h("p", { class: "muted" }, `Choose a password for ${invited.user_email ?? invited.user_id}.`),
    form({
      action: "Set password",
      submit,
      fields: [
        { name: "password", label: "Password", type: "password", required: true, autocomplete: "new-password", hint: "At least 12 characters." },
        { name: "again", label: "Password again", type: "password", required: true, autocomplete: "new-password" },
      ],
    }));
}
