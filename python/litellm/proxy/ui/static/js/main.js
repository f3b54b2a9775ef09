// Start: the session decides between the sign-in and the pages.

import { address, onSignedOut } from "./lib/api.js";
import { h, replace } from "./lib/dom.js";
import { errorBox } from "./lib/notices.js";
import { loadSession, session } from "./lib/session.js";
import { showOnboarding, showSignIn } from "./sign-in.js";
import { showShell } from "./shell.js";
import { restoreTheme } from "./theme.js";

const app = document.getElementById("app");
const query = new URLSearchParams(location.search);
let ending;

async function start() {
  try {
    await loadSession();
  } catch (error) {
    replace(app, h("main", { class: "sign-in" }, h("div", { class: "card" }, errorBox(error, start))));
    return;
  }
  if (query.has("invitation_id")) showOnboarding(app, query.get("invitation_id"), enter);
  else if (session().signed_in) enter();
  else if (session().redirects_to_sso && !query.has("password")) location.replace(address("sso/key/generate"));
  else showSignIn(app, enter);
}

function enter() {
  history.replaceState(null, "", location.pathname + location.hash);
  query.delete("invitation_id");
  endInTime();
  showShell(app, () => leave(""));
}

/** The session ends by itself: say so then, and not at the next click. */
function endInTime() {
  clearTimeout(ending);
  const left = session().expires * 1000 - Date.now();
  ending = setTimeout(() => leave("Your session has ended. Sign in again."), Math.min(left, 2 ** 31 - 1));
}

async function leave(reason) {
  clearTimeout(ending);
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  await loadSession();
  showSignIn(app, enter, reason);
}

onSignedOut(() => session().signed_in && leave("Your session has ended. Sign in again."));
restoreTheme();
start();
