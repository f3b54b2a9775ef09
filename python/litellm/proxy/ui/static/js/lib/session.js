// Who is signed in, and what its role may use: the groups of the gateway's own route table.

import { address, api } from "./api.js";

let current = { signed_in: false };

/** Ask the gateway anew. */
export async function loadSession() {
  current = await api.get("ui/session");
  return current;
}

export function session() {
  return current;
}

/** Whether the role may use one of these groups of routes, as in `may("view", "admin")`. */
export function may(...groups) {
  return groups.some((group) => (current.may ?? []).includes(group));
}

export function isAdmin() {
  return may("admin");
}

export async function signIn(username, password) {
  await api.post("v2/login", { username, password });
  return loadSession();
}

export async function signOut() {
  await api.post("logout");
  return loadSession();
}

/** Where the browser goes to sign in with an identity provider. */
export function ssoAddress() {
  return address("sso/key/generate").href;
}
