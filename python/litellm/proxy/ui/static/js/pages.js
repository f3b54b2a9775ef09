// Every page: where it is in the navigation, and the groups of routes one of which its reader needs.

const page = (name, title, icon, ...needs) => ({ name, title, icon, needs, load: () => import(`./pages/${name}.js`) });

export const NAVIGATION = [
  ["Gateway", [
    page("keys", "Virtual keys", "key", "info"),
  ]],
];
