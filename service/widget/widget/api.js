// @ts-check
// The service's API: a question goes in; the answer object or a ServiceError comes out.

/** What the service refused, or why it could not be reached (code "offline"). */
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

/** @param {string} endpoint @param {object} body @param {AbortSignal} signal @returns {Promise<any>} */
export function askService(endpoint, body, signal) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  return call(`${endpoint}/v1/answers?lang=${/** @type {any} */ (body).lang}`, { method: "POST", headers, body: JSON.stringify(body), signal });
}

/** @param {string} endpoint @returns {Promise<any>} what the service answers from */
export function describeCorpus(endpoint) {
  return call(`${endpoint}/v1/corpus`, {});
}

/** @param {string} url @param {RequestInit} options @returns {Promise<any>} */
async function call(url, options) {
  let response;
  try {
    response = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", ...options });
  } catch (fault) {
    if (options.signal?.aborted) throw fault;
    throw new ServiceError("offline", "", "");
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  const reference = response.headers.get("X-Request-ID") || body?.request_id || "?";
  throw new ServiceError(body?.code || "internal_error", body?.detail || "", reference, Number(response.headers.get("Retry-After")) || 0);
}
