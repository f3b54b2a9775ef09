// What forms offer to choose from. What a role may not list is simply not suggested.

import { ApiError, api } from "./api.js";
import { may } from "./session.js";

async function orNone(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError && [401, 403].includes(error.status)) return [];
    throw error;
  }
}

/** The names of the models that may be called. */
export function models() {
  return orNone(async () => (await api.get("models")).data.map((model) => model.id));
}

/** Teams as [id, name]. */
export function teams() {
  return orNone(async () => (await api.get("team/list")).map((team) => [team.team_id, team.team_alias || team.team_id]));
}

export function organizations() {
  return orNone(async () => (await api.get("organization/list")).map((row) => [row.organization_id, row.organization_alias || row.organization_id]));
}

/** Users as [id, name]. */
export async function users() {
  if (!may("people")) return [];
  return orNone(async () => (await api.get("user/list", { page_size: 100 })).users.map((user) => [user.user_id, user.user_email || user.user_alias || user.user_id]));
}

/** Budgets as [id, id]. */
export async function budgets() {
  if (!may("view")) return [];
  return orNone(async () => (await api.get("budget/list")).map((row) => row.budget_id));
}

/** Options of a select with a first one that chooses nothing. */
export function optional(options, none = "None") {
  return [["", none], ...options];
}

export function nameOf(options, id) {
  return options.find(([known]) => known === id)?.[1] ?? id;
}
