// @ts-check
// The service's API: a question goes in; its events, then the answer object or a ServiceError come out.

const STALLED_MS = 40000; // more than two of the service's heartbeats

/** What the service refused, or why it could not be reached ("offline") or not to the end ("cut"). */
export class ServiceError extends Error {
  /** @param {string} code @param {string} detail @param {string} reference @param {number} [retryAfterS] */
  constructor(code, detail, reference, retryAfterS = 0) {
    super(code);
    this.code = code;
    this.detail = detail;
    this.reference = reference;
    this.retryAfterS = retryAfterS;
  }
}

/**
 * @param {string} endpoint @param {any} body @param {AbortSignal} signal
 * @param {(name: string, data: any) => void} onEvent
 * @returns {Promise<any>} the whole answer
 */
export async function askService(endpoint, body, signal, onEvent) {
  const headers = { "Content-Type": "application/json", Accept: "text/event-stream, application/json;q=0.5" };
  const response = await send(`${endpoint}/v1/answers?lang=${body.lang}`, { method: "POST", headers, body: JSON.stringify(body), signal });
  if (!(response.headers.get("Content-Type") || "").startsWith("text/event-stream")) return content(response);
  const reference = response.headers.get("X-Request-ID") || "";
  try {
    for await (const { name, data } of events(/** @type {ReadableStream<Uint8Array>} */ (response.body))) {
      if (name === "error") throw new ServiceError(data.code, data.detail, data.request_id);
      if (name === "answer.completed") return data;
      onEvent(name, data);
    }
  } catch (fault) {
    if (signal.aborted || fault instanceof ServiceError) throw fault;
  }
  throw new ServiceError("cut", "", reference);
}

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {AsyncGenerator<{name: string, data: any}>} server-sent events whose data is JSON; comments are left out
 */
async function* events(stream) {
  const reader = stream.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await withinTime(reader);
      if (done) return;
      text += value.replaceAll("\r", "");
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const fields = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        const name = fields.find((field) => field.startsWith("event:"))?.slice(6).trim();
        const data = fields.filter((field) => field.startsWith("data:")).map((field) => field.slice(5)).join("\n");
        if (name && data) yield { name, data: JSON.parse(data) };
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @param {ReadableStreamDefaultReader<string>} reader @returns {Promise<any>} what is read next, or an end where nothing comes any more */
function withinTime(reader) {
  return new Promise((resolve, reject) => {
    const stalled = setTimeout(() => resolve({ done: true }), STALLED_MS);
    reader.read().then(resolve, reject).finally(() => clearTimeout(stalled));
  });
}

/** @param {string} url @param {object} [body] posted as JSON where there is one @returns {Promise<any>} the service's JSON */
export async function call(url, body) {
  const posted = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return content(await send(url, body ? posted : {}));
}

/** @param {string} url @param {RequestInit} options @returns {Promise<Response>} */
async function send(url, options) {
  try {
    return await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", ...options });
  } catch (fault) {
    if (options.signal?.aborted) throw fault;
    throw new ServiceError("offline", "", "");
  }
}

/** @param {Response} response @returns {Promise<any>} its JSON */
async function content(response) {
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  const reference = response.headers.get("X-Request-ID") || body?.request_id || "?";
  throw new ServiceError(body?.code || "internal_error", body?.detail || "", reference, Number(response.headers.get("Retry-After")) || 0);
}
