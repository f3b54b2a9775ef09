// Stacked bars by day, drawn as SVG, with the same numbers as a table for whoever cannot see them.

import { h, svg } from "./dom.js";

const WIDTH = 960;
const HEIGHT = 260;
const LEFT = 64;
const BOTTOM = 24;
const TOP = 10;
const SHOWN = 5;
const LINES = 4;

/** `days` are [day, {series: value}]; the five largest series are shown, the others together. */
export function barChart({ label, days, format }) {
  const names = largest(days);
  const rows = days.map(([day, values]) => [day, stacked(values, names)]);
  const top = nice(Math.max(...rows.map(([, parts]) => sum(parts)), 0));
  const width = (WIDTH - LEFT) / Math.max(rows.length, 1);
  const scale = (value) => (value / top) * (HEIGHT - BOTTOM - TOP);
  const picture = svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${label}, by day` },
    grid(top, scale, format),
    rows.map(([day, parts], index) => bar(day, parts, names, LEFT + index * width, width, scale, format)),
    axis(rows, width));
  return h("figure", { class: "figure" }, picture, legend(names), table(label, rows, names, format));
}

function largest(days) {
  const totals = new Map();
  for (const [, values] of days) {
    for (const [name, value] of Object.entries(values)) totals.set(name, (totals.get(name) ?? 0) + value);
  }
  const names = [...totals].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return names.length > SHOWN + 1 ? [...names.slice(0, SHOWN), "Others"] : names;
}

function stacked(values, names) {
  const parts = names.map((name) => values[name] ?? 0);
  if (names.at(-1) === "Others" && !("Others" in values)) {
    const all = Object.values(values).reduce((a, b) => a + b, 0);
    parts[parts.length - 1] = Math.max(0, all - sum(parts));
  }
  return parts;
}

function sum(values) {
  return values.reduce((a, b) => a + b, 0);
}

/** The next of 1, 2, 2.5, 5, 10 times a power of ten. */
function nice(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value);
}

function grid(top, scale, format) {
  return Array.from({ length: LINES + 1 }, (_, index) => {
    const value = (top / LINES) * index;
    const y = HEIGHT - BOTTOM - scale(value);
    return [svg("line", { class: "axis", x1: LEFT, x2: WIDTH, y1: y, y2: y }), svg("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end" }, format(value))];
  });
}

function bar(day, parts, names, x, width, scale, format) {
  let base = HEIGHT - BOTTOM;
  const gap = Math.min(6, width * 0.2);
  return parts.map((value, index) => {
    const height = scale(value);
    base -= height;
    return value > 0 && svg("rect", { class: `series-${index}`, x: x + gap / 2, y: base, width: Math.min(width - gap, 48), height, rx: Math.min(2, height) },
      svg("title", {}, `${day}, ${names[index]}: ${format(value)}`));
  });
}

function axis(rows, width) {
  const step = Math.ceil(rows.length / 10);
  return rows.map(([day], index) => index % step === 0 && svg("text", { x: LEFT + index * width, y: HEIGHT - 6 }, day.slice(5)));
}

function legend(names) {
  return h("ul", { class: "legend" }, names.map((name, index) => h("li", {}, h("i", { class: `series-${index}`, "aria-hidden": "true" }), name)));
}

function table(label, rows, names, format) {
  const head = h("tr", {}, ["Day", ...names].map((name) => h("th", { scope: "col" }, name)));
  const lines = rows.map(([day, parts]) => h("tr", {}, h("th", { scope: "row" }, day), parts.map((value) => h("td", { class: "number" }, format(value)))));
  return h("details", {}, h("summary", {}, "Show as a table"),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${label} as a table` }, h("table", {}, h("thead", {}, head), h("tbody", {}, lines))));
}
