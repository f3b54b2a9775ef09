// The icons of the navigation: strokes on a grid of 24.

import { svg } from "./dom.js";

const PATHS = {
  key: "M15 15a6 6 0 1 0-5.7-4L3 17.300V21h4v-2.500h2.500V16H12l.900-1.300A6 6 0 0 0 15 15zM16.5 7.500h.01",
  chat: "M4 5h16v11H9l-5 4z",
  model: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5",
  team: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 20c0-3.5 2.5-6 6-6s6 2.5 6 6M16 5.5a3 3 0 0 1 0 5M17.5 14.5c2.2.8 3.5 2.8 3.5 5.5",
  building: "M4 21V5l8-2v18M12 9h8v12M3 21h18M7.5 8.5h1M7.5 12.5h1M7.5 16.5h1M15.5 13h1M15.5 17h1",
  user: "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.5-7 8-7s8 3 8 7",
  customer: "M4 7h16v13H4zM9 7V4h6v3M4 12h16",
  budget: "M3 7h18v12H3zM3 11h18M7 15.500h4",
  tag: "M3 12V4h8l10 10-8 8zM7.5 8.500h.01",
  group: "M5 11V8a7 7 0 0 1 14 0v3M4 11h16v10H4zM12 15v2.5",
  secret: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z",
  agent: "M7 9h10v9H7zM12 9V5M9 5h6M10 13h.01M14 13h.01M4 12v3M20 12v3",
  shield: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM9 12l2 2 4-4",
  policy: "M6 3h9l4 4v14H6zM15 3v4h4M9 12h6M9 16h6",
  bill: "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
  chart: "M4 20V4M4 20h16M8.5 16v-4M13 16V8M17.5 16v-6",
  log: "M5 4h14v16H5zM8.5 9h7M8.5 12.500h7M8.5 16h4",
  audit: "M4 12a8 8 0 1 0 2.5-5.800M4 4v4h4M12 8v4.500l3 2",
  gear: "M12 15.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM12 2.500v3M12 18.500v3M2.5 12h3M18.5 12h3M5.3 5.300l2.1 2.100M16.6 16.600l2.1 2.100M18.7 5.300l-2.1 2.100M7.4 16.600l-2.1 2.1",
  book: "M4 5c3-1.5 6-1 8 1v14c-2-2-5-2.5-8-1zM20 5c-3-1.5-6-1-8 1v14c2-2 5-2.5 8-1z",
  theme: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  menu: "M4 6h16M4 12h16M4 18h16",
  out: "M14 4h6v16h-6M10 8l-4 4 4 4M6 12h9",
};

export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "1.7", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" },
    svg("path", { d: PATHS[name] }));
}
