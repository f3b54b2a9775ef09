// The frame around the pages: navigation, who is signed in, and the way from `#/name?query` to a page.

import { address } from "./lib/api.js";
import { h, replace } from "./lib/dom.js";
import { icon } from "./lib/icons.js";
import { errorBox, loadingBox, notifyError } from "./lib/notices.js";
import { may, session, signOut } from "./lib/session.js";
import { NAVIGATION } from "./pages.js";
import { openAccount } from "./pages/account.js";
import { nextTheme, theme } from "./theme.js";

const ROLES = {
  proxy_admin: "Administrator", proxy_admin_viewer: "Administrator, view only", org_admin: "Organization administrator",
  internal_user: "User", internal_user_viewer: "User, view only", team: "Team",
};

export function showShell(app, left) {
  const main = h("main", { class: "page", id: "page" });
  const shell = h("div", { class: "shell" });
  const toggle = (open) => {
    shell.classList.toggle("open", open);
    menu.setAttribute("aria-expanded", String(shell.classList.contains("open")));
  };
  const menu = h("button", { type: "button", class: "quiet menu", "aria-label": "Navigation", "aria-expanded": "false", onclick: () => toggle() }, icon("menu"));
  const nav = navigation();
  replace(shell, nav, h("div", {}, h("a", { class: "skip", href: "#page", onclick: (event) => { event.preventDefault(); main.querySelector("h1")?.focus(); } }, "Skip to the page"), top(menu, left), main));
  replace(app, shell);

  const show = async () => {
    if (!shell.isConnected) {
      removeEventListener("hashchange", show);
      return;
    }
    toggle(false);
    for (const dialog of document.querySelectorAll("dialog")) dialog.close();
    await showPage(main, nav);
  };
  addEventListener("hashchange", show);
  shell.addEventListener("keydown", (event) => event.key === "Escape" && toggle(false));
  show();
}

function visible() {
  return NAVIGATION.map(([group, pages]) => [group, pages.filter((page) => may(...page.needs) && (page.when?.(session()) ?? true))]).filter(([, pages]) => pages.length > 0);
}

function navigation() {
  const { theme: look, version } = session();
  const brand = look?.logo_url ? h("img", { src: look.logo_url, alt: "LiteLLM gateway" }) : [h("img", { src: "icon.svg", alt: "" }), "LiteLLM"];
  return h("nav", { "aria-label": "Main" },
    h("div", { class: "brand" }, brand),
    visible().map(([group, pages]) => [
      h("div", { class: "nav-group" }, group),
      h("ul", {}, pages.map((page) => h("li", {}, h("a", { href: `#/${page.name}`, "data-page": page.name }, icon(page.icon), page.title)))),
    ]),
    h("div", { class: "nav-group" }, "Help"),
    h("ul", {}, h("li", {}, h("a", { href: address("docs").href, target: "_blank", rel: "noopener" }, icon("book"), "API reference"))),
    h("div", { class: "nav-foot" }, `Version ${version}`));
}

function top(menu, left) {
  const { user_id: id, user_email: email, user_role: role } = session();
  const shade = h("button", { type: "button", class: "quiet", onclick: () => { name(nextTheme()); } }, icon("theme"));
  const name = (current) => shade.setAttribute("aria-label", `Colours: ${current}`);
  name(theme());
  const out = async () => {
    try {
      await signOut();
      left();
    } catch (error) {
      notifyError(error);
    }
  };
  return h("header", { class: "top" }, menu,
    h("button", { type: "button", class: "quiet who", onclick: openAccount }, h("span", {}, email ?? id, h("small", {}, ROLES[role] ?? role))),
    shade, h("button", { type: "button", class: "quiet", onclick: out }, icon("out"), "Sign out"));
}

let shown = 0;

async function showPage(main, nav) {
  const mine = (shown += 1);
  const pages = visible().flatMap(([, found]) => found);
  const [name, query] = location.hash.replace(/^#\/?/, "").split("?");
  const page = pages.find((candidate) => candidate.name === name) ?? pages[0];
  for (const link of nav.querySelectorAll("a[data-page]")) {
    if (link.dataset.page === page.name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${page.title} · LiteLLM gateway`;
  replace(main, loadingBox());
  try {
    const { show } = await page.load();
    const content = await show(new URLSearchParams(query));
    if (mine === shown) replace(main, content);
  } catch (error) {
    if (mine === shown) replace(main, errorBox(error, () => showPage(main, nav)));
  }
  if (mine === shown) main.querySelector("h1")?.focus({ preventScroll: true });
}
