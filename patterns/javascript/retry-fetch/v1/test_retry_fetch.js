import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { retryFetch } from "./retry_fetch.js";

const FAST = { attempts: 3, baseDelayMs: 1, maxDelayMs: 5 };

/** Answer each request with the next status and headers, and record what was sent. */
async function serve(t, ...answers) {
  const seen = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const [status, headers] = answers[seen.length] ?? [200, {}];
    seen.push(`${request.method} ${body}`);
    response.writeHead(status, headers).end("answer");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}/`, seen };
}

test("tries again after a transient status", async (t) => {
  const { url, seen } = await serve(t, [503], [429], [200]);
  const response = await retryFetch(url, {}, FAST);
  assert.equal(await response.text(), "answer");
  assert.equal(seen.length, 3);
});

test("returns the last response when attempts run out", async (t) => {
  const { url, seen } = await serve(t, [503], [503], [503]);
  assert.equal((await retryFetch(url, {}, FAST)).status, 503);
  assert.equal(seen.length, 3);
});

test("does not repeat a client error or a POST", async (t) => {
  const { url, seen } = await serve(t, [404], [503]);
  assert.equal((await retryFetch(url, {}, FAST)).status, 404);
  const post = { method: "POST", body: "x" };
  assert.equal((await retryFetch(url, post, FAST)).status, 503);
  assert.deepEqual(seen, ["GET ", "POST x"]);
});

test("sends the body again with each attempt", async (t) => {
  const { url, seen } = await serve(t, [500], [500], [200]);
  await retryFetch(url, { method: "PUT", body: "data" }, FAST);
  assert.deepEqual(seen, ["PUT data", "PUT data", "PUT data"]);
});

test("gives up when Retry-After is longer than the policy allows", async (t) => {
  const { url, seen } = await serve(t, [503, { "retry-after": "3600" }]);
  assert.equal((await retryFetch(url, {}, FAST)).status, 503);
  assert.equal(seen.length, 1);
});

test("an abort ends the wait between attempts", async (t) => {
  const answer = () => new Response("", { status: 503 });
  const fetch = t.mock.method(globalThis, "fetch", async () => answer());
  const controller = new AbortController();
  const policy = { attempts: 9, baseDelayMs: 1e6, maxDelayMs: 1e6 };
  const pending = retryFetch("http://localhost/", controller, policy);
  await turn();
  controller.abort(new Error("stop"));
  await assert.rejects(pending, /stop/);
  assert.equal(fetch.mock.callCount(), 1);
});

test("a malformed URL is not retried", async () => {
  await assert.rejects(retryFetch("http://"), TypeError);
});
