import assert from "node:assert/strict";
import { test } from "node:test";
import { memoizeAsync } from "./memoize_async.js";

/** A memoized function over a clock that the test moves. */
function setUp(fn, options = {}) {
  const state = { time: 0, calls: 0 };
  const counted = (...args) => {
    state.calls++;
    return fn(...args);
  };
  const now = () => state.time;
  return [memoizeAsync(counted, { ttlMs: 100, now, ...options }), state];
}

test("shares a call in flight and its result until it expires", async () => {
  const [load, state] = setUp(async (id) => ({ id }));
  const [a, b] = await Promise.all([load(1), load(1)]);
  assert.equal(a, b);
  state.time = 99;
  assert.equal(await load(1), a);
  assert.equal(state.calls, 1);
  state.time = 100;
  assert.notEqual(await load(1), a);
});

test("counts the time to live from when the call settled", async () => {
  let settle;
  const [load, state] = setUp(
    () => new Promise((resolve) => (settle = resolve)),
  );
  const first = load(1);
  state.time = 500;
  assert.equal(load(1), first);
  settle("x");
  await first;
  state.time = 599;
  assert.equal(load(1), first);
});

test("does not remember failures, thrown or rejected", async () => {
  const [load, state] = setUp(() => {
    throw new Error("down");
  });
  await assert.rejects(load(1), /down/);
  await assert.rejects(load(1), /down/);
  assert.equal(state.calls, 2);
});

test("drops the least recently used", async () => {
  const [load, state] = setUp(async (id) => id, { maxEntries: 2 });
  for (const id of [1, 2, 1, 3]) await load(id);
  await load(1);
  assert.equal(state.calls, 3);
  await load(2);
  assert.equal(state.calls, 4);
});

test("a late failure does not evict its successor", async () => {
  const settlers = [];
  const [load, state] = setUp(
    () => new Promise((...settler) => settlers.push(settler)),
  );
  const stale = load(1);
  load.forget(1);
  const fresh = load(1);
  settlers[0][1](new Error("late"));
  await assert.rejects(stale, /late/);
  settlers[1][0]("fresh");
  assert.equal(await fresh, "fresh");
  assert.equal(await load(1), "fresh");
  assert.equal(state.calls, 2);
});

test("asks for a key when there are several arguments", async () => {
  const [add] = setUp((a, b) => a + b);
  assert.throws(() => add(1, 2), TypeError);
  const [keyed] = setUp((a, b) => a + b, { key: (a, b) => `${a}/${b}` });
  assert.deepEqual([await keyed(1, 2), await keyed(1, 3)], [3, 4]);
});
