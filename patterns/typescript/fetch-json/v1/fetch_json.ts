/** The server answered, but with a status other than 2xx. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  constructor(
    readonly method: string,
    readonly url: string,
    readonly status: number,
    /** The start of the body, which often says why. */
    readonly excerpt: string,
  ) {
    super(`${method} ${url} answered ${status}: ${excerpt}`);
  }
}

export interface FetchJsonOptions extends Omit<RequestInit, "body"> {
  /** Sent as the JSON body; `method` is then POST unless given. */
  readonly json?: unknown;
  /** Bounds the whole exchange, including the body. Default: 10 seconds. */
  readonly timeoutMs?: number;
}

const EXCERPT_LENGTH = 300;

/**
 * Request JSON and hand it to `parse`, which decides whether it is a `T`.
 *
 * An empty answer, such as a 204, is parsed as `undefined`.
 *
 * @throws {HttpError} on a status other than 2xx, which `fetch` takes for success
 * @throws {DOMException} named TimeoutError, or the reason of the caller's signal
 * @throws {SyntaxError} when the body is not JSON; `cause` is the parser's error
 * @throws what `parse` throws
 */
export async function fetchJson<T>(
  url: string | URL,
  parse: (data: unknown) => T,
  { json, timeoutMs = 10_000, signal, ...init }: FetchJsonOptions = {},
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const headers = new Headers(init.headers);
  if (!headers.has("accept")) headers.set("accept", "application/json");
  const request: RequestInit = {
    ...init,
    headers,
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  };
  if (json !== undefined) {
    request.method ??= "POST";
    request.body = JSON.stringify(json);
    if (!headers.has("content-type")) {
      headers.set("content-type", "application/json");
    }
  }

  const response = await fetch(url, request);
  const text = await response.text();
  if (!response.ok) {
    const method = request.method ?? "GET";
    const excerpt = text.slice(0, EXCERPT_LENGTH);
    throw new HttpError(method, String(url), response.status, excerpt);
  }
  return parse(text === "" ? undefined : parseJson(text, String(url)));
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const start = text.slice(0, EXCERPT_LENGTH);
    throw new SyntaxError(`${url} did not answer JSON: ${start}`, { cause });
  }
}
