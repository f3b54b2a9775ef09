// Values as people read them.

const NONE = "–";
const WHOLE = new Intl.NumberFormat();
const SHORT = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const STEPS = [[60, "second", 1], [3600, "minute", 60], [86_400, "hour", 3600], [2_592_000, "day", 86_400],
  [31_536_000, "month", 2_592_000], [Infinity, "year", 31_536_000]];

/** USD: two places, and for less than a cent as many as show two digits. */
export function money(value) {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  if (size === 0 || size >= 0.01) {
    return `$${value.toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  }
  const places = Math.min(12, 1 - Math.floor(Math.log10(size)));
  return `$${value.toFixed(places)}`;
}

export function number(value) {
  return value === null || value === undefined ? NONE : WHOLE.format(value);
}

export function compact(value) {
  return value === null || value === undefined ? NONE : SHORT.format(value);
}

/** A time that the gateway told, in the browser's own zone. */
export function when(value) {
  const time = moment(value);
  return time ? WHEN.format(time) : NONE;
}

/** How long ago, or in how long. */
export function ago(value) {
  const time = moment(value);
  if (!time) return NONE;
  const seconds = (time - Date.now()) / 1000;
  const [, unit, size] = STEPS.find(([below]) => Math.abs(seconds) < below);
  return RELATIVE.format(Math.round(seconds / size), unit);
}

function moment(value) {
  const time = value ? new Date(value) : null;
  return time && !Number.isNaN(time.getTime()) ? time : null;
}

/** A day as the gateway's routes take it, `days` before today. */
export function day(days = 0) {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

export function shortened(text, most = 12) {
  const given = String(text ?? "");
  return given.length > most ? `${given.slice(0, most)}…` : given || NONE;
}

export function list(values, most = 3) {
  const given = values ?? [];
  if (given.length === 0) return NONE;
  const more = given.length - most;
  return given.slice(0, most).join(", ") + (more > 0 ? ` +${more}` : "");
}
