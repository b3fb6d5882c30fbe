/**
 * Map items through an async function, at most `limit` of them at once.
 *
 * Results keep the order of the items. Items are taken lazily, so a generator
 * of a million works. After the first failure nothing new starts, the signal
 * given to `fn` is aborted, and the promise rejects once everything already
 * started has settled: no work goes on behind the caller's back.
 *
 * @template T, R
 * @param {Iterable<T>} items
 * @param {number} limit
 * @param {(item: T, index: number, signal: AbortSignal) => R | Promise<R>} fn
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {Promise<R[]>}
 */
export async function mapWithConcurrency(items, limit, fn, { signal } = {}) {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`limit must be a positive integer, not ${limit}`);
  }
  const failure = new AbortController();
  const stop = signal
    ? AbortSignal.any([signal, failure.signal])
    : failure.signal;
  stop.throwIfAborted();

  const results = [];
  const queue = enumerate(items); // one iterator, shared by all workers

  async function work() {
    for (const [index, item] of queue) {
      stop.throwIfAborted();
      results[index] = await fn(item, index, stop);
    }
  }

  const workers = Array.from({ length: limit }, work);
  try {
    await Promise.all(workers);
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(workers);
    throw error;
  }
  return results;
}

function* enumerate(items) {
  let index = 0;
  for (const item of items) yield [index++, item];
}
