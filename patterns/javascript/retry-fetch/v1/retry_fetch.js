const RETRYABLE_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/**
 * Fetch, trying again after network errors and transient statuses.
 *
 * Waits grow exponentially with full jitter and are never shorter than the
 * server's `Retry-After`; when that exceeds `maxDelayMs` the response is
 * returned at once. POST and PATCH are sent once, because the server may have
 * acted on a request whose answer was lost. An aborted `init.signal` ends
 * the wait between attempts too.
 *
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 * @param {{ attempts?: number, baseDelayMs?: number, maxDelayMs?: number }} [policy]
 * @returns {Promise<Response>} the last response, whatever its status
 */
export async function retryFetch(
  input,
  init,
  { attempts = 4, baseDelayMs = 250, maxDelayMs = 20_000 } = {},
) {
  const request = new Request(input, init); // a malformed request fails here, once
  const limit = IDEMPOTENT.has(request.method) ? attempts : 1;

  for (let attempt = 1; ; attempt++) {
    const isLast = attempt >= limit;
    let response;
    try {
      // A body can be read only once, so all attempts but the last send a copy.
      response = await fetch(isLast ? request : request.clone());
    } catch (error) {
      if (isLast || request.signal.aborted) throw error;
    }
    if (response && (isLast || !RETRYABLE_STATUS.has(response.status))) {
      return response;
    }
    const wanted = retryAfterMs(response);
    if (wanted > maxDelayMs) return response;

    const ceiling = Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
    await response?.body?.cancel(); // an unread body would hold the connection
    await sleep(Math.max(wanted, Math.random() * ceiling), request.signal);
  }
}

/** `Retry-After` is a number of seconds or an HTTP date; 0 when absent or unreadable. */
function retryAfterMs(response) {
  const value = response?.headers.get("retry-after")?.trim() ?? "";
  const ms = /^\d+$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - Date.now();
  return Math.max(0, ms || 0);
}

function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
