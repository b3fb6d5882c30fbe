/**
 * Delay calls of `fn` until `waitMs` have passed without another call.
 *
 * Only the latest call counts: its arguments and its `this`. With `maxWaitMs`
 * a steady stream of calls cannot postpone `fn` for longer than that.
 *
 * @template {(...args: any[]) => unknown} F
 * @param {F} fn
 * @param {number} waitMs
 * @param {{ maxWaitMs?: number }} [options]
 * @returns {((...args: Parameters<F>) => void) & {
 *   cancel(): void,
 *   flush(): ReturnType<F> | undefined,
 *   isPending(): boolean,
 * }} `cancel` drops the waiting call; `flush` makes it now and returns its result
 */
export function debounce(fn, waitMs, { maxWaitMs = Infinity } = {}) {
  let waiting; // { self, args } of the latest call
  let quietTimer;
  let limitTimer;

  function cancel() {
    clearTimeout(quietTimer);
    clearTimeout(limitTimer);
    waiting = quietTimer = limitTimer = undefined;
  }

  function flush() {
    if (!waiting) return undefined;
    const { self, args } = waiting;
    cancel(); // before the call: fn may throw, or call the debounced function
    return fn.apply(self, args);
  }

  function debounced(...args) {
    waiting = { self: this, args };
    clearTimeout(quietTimer);
    quietTimer = setTimeout(flush, waitMs);
    // setTimeout(f, Infinity) fires at once, so no limit means no timer.
    if (maxWaitMs !== Infinity) limitTimer ??= setTimeout(flush, maxWaitMs);
  }

  return Object.assign(debounced, {
    cancel,
    flush,
    isPending: () => waiting !== undefined,
  });
}
