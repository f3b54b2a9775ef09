// The gateway's routes. The session is a cookie that scripts cannot read; nothing is kept here.

const BASE = new URL("../", document.baseURI);

/** A refusal, with the gateway's own words. `param` names the field that is wrong, where it is one. */
export class ApiError extends Error {
  constructor(message, status, param) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.param = param;
  }
}

/** An address of the gateway, below whatever path it is served. */
export function address(path, query = {}) {
  const url = new URL(path.replace(/^\//, ""), BASE);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.append(name, value);
  }
  return url;
}

let signedOut = () => {};

/** Who is told that the session has ended. */
export function onSignedOut(listener) {
  signedOut = listener;
}

async function send(method, path, { query, body, signal, headers = {} } = {}) {
  const options = { method, signal, cache: "no-store", credentials: "same-origin", headers: { ...headers } };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(address(path, query), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The gateway cannot be reached. Check the connection and try again.", 0);
  }
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

async function refusal(answer) {
  const text = await answer.text();
  let error = {};
  try {
    const body = JSON.parse(text);
    error = body.error ?? body.detail ?? body;
  } catch {
    error = { message: text.slice(0, 500) };
  }
  const message = typeof error === "string" ? error : error.message ?? error.error;
  if (answer.status === 401) await checkSession();
  return new ApiError(message || `The gateway answered ${answer.status}.`, answer.status, error.param ?? undefined);
}

/** A 401 is a route of other roles, or the end of the session: only the second one leads to the sign-in. */
async function checkSession() {
  const answer = await fetch(address("ui/session"), { cache: "no-store" });
  if (answer.ok && !(await answer.json()).signed_in) signedOut();
}

async function json(method, path, options) {
  const answer = await send(method, path, options);
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

export const api = {
  get: (path, query, options) => json("GET", path, { query, ...options }),
  post: (path, body = {}, options) => json("POST", path, { body, ...options }),
  patch: (path, body = {}) => json("PATCH", path, { body }),
  put: (path, body = {}) => json("PUT", path, { body }),
  delete: (path, body, query) => json("DELETE", path, { body, query }),
};

/** The events of a stream, each parsed from JSON. Throws ApiError for an error in it. */
export async function* stream(path, body, { signal, headers } = {}) {
  const answer = await send("POST", path, { body, signal, headers });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r?\n/);
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data:") || line.includes("[DONE]")) continue;
      const event = JSON.parse(line.slice(5));
      if (event.error) throw new ApiError(event.error.message ?? "The stream ended with an error.", 500);
      yield event;
    }
  }
}
