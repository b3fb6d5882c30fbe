import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import { mapWithConcurrency } from "./map_with_concurrency.js";

test("keeps order and never exceeds the limit", async () => {
  let running = 0;
  let most = 0;
  const square = async (n) => {
    most = Math.max(most, ++running);
    for (let i = 0; i < 5 - n; i++) await turn();
    running--;
    return n * n;
  };
  const squares = await mapWithConcurrency([0, 1, 2, 3, 4], 2, square);
  assert.deepEqual(squares, [0, 1, 4, 9, 16]);
  assert.equal(most, 2);
});

test("a failure stops new work, aborts the rest and waits for it", async () => {
  const started = [];
  const finished = [];
  const run = mapWithConcurrency([0, 1, 2, 3], 2, async (n, _, signal) => {
    started.push(n);
    await turn();
    if (n === 0) throw new Error("boom");
    while (!signal.aborted) await turn();
    finished.push(n);
  });
  await assert.rejects(run, /boom/);
  assert.deepEqual(started, [0, 1]);
  assert.deepEqual(finished, [1]);
});

test("the caller's signal stops it", async () => {
  const controller = new AbortController();
  const seen = [];
  const run = mapWithConcurrency(
    [1, 2, 3],
    1,
    (n) => {
      seen.push(n);
      controller.abort(new Error("stop"));
    },
    controller,
  );
  await assert.rejects(run, /stop/);
  assert.deepEqual(seen, [1]);
});

test("takes items lazily and closes the generator on failure", async () => {
  let taken = 0;
  let closed = false;
  function* endless() {
    try {
      for (;;) yield taken++;
    } finally {
      closed = true;
    }
  }
  const run = mapWithConcurrency(endless(), 3, async (n) => {
    if (n === 10) throw new Error("enough");
  });
  await assert.rejects(run, /enough/);
  assert.ok(taken < 20 && closed);
});

test("handles no items, synchronous throws and a bad limit", async () => {
  assert.deepEqual(await mapWithConcurrency([], 4, String), []);
  const explode = () => {
    throw new Error("sync");
  };
  await assert.rejects(mapWithConcurrency([1], 1, explode), /sync/);
  await assert.rejects(mapWithConcurrency([1], 0, String), RangeError);
});
