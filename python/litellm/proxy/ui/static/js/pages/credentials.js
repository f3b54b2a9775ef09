// Credentials of providers, which deployments name instead of holding a key.

import { api } from "../lib/api.js";
import { entityPage } from "../lib/entity.js";
import { list } from "../lib/format.js";
import { code } from "../lib/parts.js";
import { isAdmin } from "../lib/session.js";
import { wholeList } from "../lib/table.js";

const path = (row) => `credentials/${encodeURIComponent(row.credential_name)}`;

export async function show() {
  const providers = await api.get("public/providers");
  return entityPage({
    title: "Credentials", noun: "credential", intro: "Keys of providers, encrypted in the database. Nobody can read them here again.",
    name: (row) => row.credential_name,
    table: {
      label: "Credentials", search: "Name", empty: "No credentials yet.",
      columns: [
        { label: "Name", sort: "credential_name", open: true, value: (row) => row.credential_name },
        { label: "Provider", value: (row) => row.credential_info?.custom_llm_provider ?? "–" },
        { label: "Holds", value: (row) => list(Object.keys(row.credential_values ?? {}), 6) },
      ],
      load: wholeList(async () => (await api.get("credentials")).credentials, { text: (row) => row.credential_name }),
    },
    fields: async (row) => [
      !row && { name: "credential_name", label: "Name", required: true },
      { name: "provider", label: "Provider", type: "suggested", options: providers },
      { name: "api_key", label: "API key", type: "secret", hint: row && "Left blank, it stays as it is." },
      { name: "api_base", label: "Address (api_base)" },
      { name: "others", label: "Other values", type: "json", placeholder: '{"aws_region_name": "eu-central-1"}' },
    ],
    values: (row) => ({ provider: row.credential_info?.custom_llm_provider, api_base: row.credential_values?.api_base }),
    mayChange: isAdmin,
    create: isAdmin() && (({ credential_name: name, ...given }) => api.post("credentials", { credential_name: name, credential_values: {}, ...body(given) })),
    update: (row, given) => api.patch(path(row), body(given)),
    remove: (row) => api.delete(path(row)),
    removeMessage: () => "Deployments that name it can no longer be called.",
    facts: (row) => [["Provider", row.credential_info?.custom_llm_provider]],
    sections: (row) => code(row.credential_values),
  });
}

function body({ provider, others, ...values }) {
  const sent = {};
  if (provider) sent.credential_info = { custom_llm_provider: provider };
  const all = { ...values, ...others };
  if (Object.keys(all).length > 0) sent.credential_values = all;
  return sent;
}
