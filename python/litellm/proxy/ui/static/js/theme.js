// Light, dark, or as the system has it. The choice is the only thing that is kept in the browser.

const KEPT = "theme";
const ORDER = ["system", "light", "dark"];

export function theme() {
  const kept = localStorage.getItem(KEPT);
  return ORDER.includes(kept) ? kept : "system";
}

export function restoreTheme() {
  const wanted = theme();
  if (wanted === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = wanted;
}

/** The next of the three; its name. */
export function nextTheme() {
  const next = ORDER[(ORDER.indexOf(theme()) + 1) % ORDER.length];
  localStorage.setItem(KEPT, next);
  restoreTheme();
  return next;
}
