import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { debounce } from "./debounce.js";

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("calls once, with the latest arguments and this", () => {
  const calls = [];
  const save = debounce(function (value) {
    calls.push([this.name, value]);
  }, 100);
  save.call({ name: "a" }, 1);
  mock.timers.tick(99);
  save.call({ name: "b" }, 2);
  mock.timers.tick(99);
  assert.deepEqual(calls, []);
  mock.timers.tick(1);
  assert.deepEqual(calls, [["b", 2]]);
});

test("maxWaitMs bounds the delay under steady calls", () => {
  const fn = mock.fn();
  const save = debounce(fn, 100, { maxWaitMs: 250 });
  for (let elapsed = 0; elapsed < 250; elapsed += 50) {
    save(elapsed);
    mock.timers.tick(50);
  }
  assert.deepEqual(
    fn.mock.calls.map((call) => call.arguments),
    [[200]],
  );
  mock.timers.tick(1000);
  assert.equal(fn.mock.callCount(), 1);
});

test("cancel drops the waiting call", () => {
  const fn = mock.fn();
  const save = debounce(fn, 100);
  save();
  save.cancel();
  mock.timers.tick(1000);
  assert.equal(fn.mock.callCount(), 0);
  assert.equal(save.isPending(), false);
});

test("flush calls now, returns the result, and only when something waits", () => {
  const double = debounce((n) => n * 2, 100);
  assert.equal(double.flush(), undefined);
  double(21);
  assert.equal(double.isPending(), true);
  assert.equal(double.flush(), 42);
  assert.equal(double.flush(), undefined);
});

test("fn may schedule the next call itself", () => {
  let calls = 0;
  const poll = debounce(() => {
    calls++;
    if (calls < 3) poll();
  }, 100);
  poll();
  for (let i = 0; i < 5; i++) mock.timers.tick(100);
  assert.equal(calls, 3);
});
