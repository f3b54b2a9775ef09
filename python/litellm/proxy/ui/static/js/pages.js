// Every page: where it is in the navigation, the groups of routes one of which its reader needs, and `when` it is there.

const page = (name, title, icon, ...needs) => ({ name, title, icon, needs, load: () => import(`./pages/${name}.js`) });

export const NAVIGATION = [
  ["Gateway", [
    page("keys", "Virtual keys", "key", "info"),
    page("playground", "Playground", "chat", "llm"),
    page("models", "Models", "model", "llm"),
    page("agents", "Agents", "agent", "view"),
    page("credentials", "Credentials", "secret", "view"),
  ]],
  ["People", [
    page("teams", "Teams", "team", "info"),
    page("organizations", "Organizations", "building", "people"),
    page("users", "Users", "user", "people"),
    page("customers", "Customers", "customer", "view"),
  ]],
  ["Limits", [
    page("budgets", "Budgets", "budget", "view"),
    page("tags", "Tags", "tag", "view"),
    page("groups", "Access groups", "group", "view"),
  ]],
  ["Guardrails", [
    page("guardrails", "Guardrails", "shield", "view"),
    page("policies", "Policies", "policy", "view"),
  ]],
  ["Observability", [
    page("usage", "Usage", "chart", "spend"),
    page("logs", "Logs", "log", "spend"),
    page("audit", "Audit log", "audit", "view"),
  ]],
  ["System", [
    { ...page("billing", "Billing", "bill", "view"), when: (session) => session.bills },
    page("settings", "Settings", "gear", "view"),
  ]],
];
