/**
 * Remember what an async function resolved to, for `ttlMs`.
 *
 * Callers that arrive while a call is in flight share it, and it does not
 * expire before it settles. Rejections are never remembered. Beyond
 * `maxEntries` the least recently used result is dropped.
 *
 * @template {any[]} A
 * @template R
 * @param {(...args: A) => R | Promise<R>} fn
 * @param {object} options
 * @param {number} options.ttlMs
 * @param {number} [options.maxEntries]
 * @param {(...args: A) => unknown} [options.key] what tells two calls apart,
 *   compared like the keys of a Map; by default the only argument
 * @param {() => number} [options.now] a monotonic clock in milliseconds
 * @returns {((...args: A) => Promise<R>) & {
 *   forget(...args: A): boolean,
 *   clear(): void,
 * }}
 */
export function memoizeAsync(
  fn,
  { ttlMs, maxEntries = 1000, key = onlyArgument, now = monotonicMs },
) {
  const entries = new Map(); // least recently used first

  function memoized(...args) {
    const id = key(...args);
    let entry = entries.get(id);
    entries.delete(id); // set again below: now the most recently used
    if (!entry || entry.expiresAt <= now()) {
      entry = start(id, this, args);
    }
    entries.set(id, entry);
    if (entries.size > maxEntries) entries.delete(entries.keys().next().value);
    return entry.promise;
  }

  function start(id, self, args) {
    const promise = (async () => fn.apply(self, args))(); // a throw becomes a rejection
    const entry = { promise, expiresAt: Infinity };
    promise.then(
      () => (entry.expiresAt = now() + ttlMs),
      () => {
        // Another call may have taken its place since.
        if (entries.get(id) === entry) entries.delete(id);
      },
    );
    return entry;
  }

  return Object.assign(memoized, {
    forget: (...args) => entries.delete(key(...args)),
    clear: () => entries.clear(),
  });
}

/** Guessing a key for several arguments would mix up results, so it must be given. */
function onlyArgument(...args) {
  if (args.length > 1) {
    throw new TypeError("memoizeAsync needs `key` for more than one argument");
  }
  return args[0];
}

const monotonicMs = () => performance.now();
