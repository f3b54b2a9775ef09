// The limits that keys, teams, users, organizations, customers and budgets have in common.

import { number } from "./format.js";

const RESETS = [["", "Never"], ["1h", "Every hour"], ["24h", "Every day"], ["7d", "Every 7 days"], ["30d", "Every 30 days"], ["1mo", "Every month"]];

/** Fields of money. */
export const budgetFields = (more = false) => [
  { name: "max_budget", label: "Budget (USD)", type: "money", hint: "Calls that would pass it are refused.", more },
  { name: "budget_duration", label: "Budget starts anew", type: "select", options: RESETS, more },
];

/** Fields of rates. */
export const rateFields = (more = true) => [
  { name: "rpm_limit", label: "Requests per minute", type: "integer", more },
  { name: "tpm_limit", label: "Tokens per minute", type: "integer", more },
  { name: "max_parallel_requests", label: "Parallel requests", type: "integer", more },
];

export const modelsField = (options, hint = "All models, when none is chosen.") => ({ name: "models", label: "Models", type: "chips", options, hint });

export const metadataField = { name: "metadata", label: "Metadata", type: "json", more: true };

/** The same as facts of a row. */
export function rates(row) {
  return [["Requests per minute", number(row.rpm_limit)], ["Tokens per minute", number(row.tpm_limit)], ["Parallel requests", number(row.max_parallel_requests)]];
}
