// Elements from data. Text is always a text node: nothing here, or built on it, makes markup out of a string.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `h("button", {class: "primary", onclick: save}, "Save")`. Null and false children are left out. */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props)) setProperty(element, name, value);
  append(element, children);
  return element;
}

function setProperty(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
  else if (name === "href") element.setAttribute("href", safeHref(String(value)));
  else element.setAttribute(name === "class" ? "class" : name, value === true ? "" : String(value));
}

/** Only addresses that lead to a page: an id or an alias from the database must not become `javascript:`. */
function safeHref(address) {
  const scheme = new URL(address, document.baseURI).protocol;
  return scheme === "http:" || scheme === "https:" ? address : "#";
}

export function append(element, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Put `children` in the place of what an element holds. */
export function replace(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

let last = 0;

/** An id for an element that a label or a description refers to. */
export function newId(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}
