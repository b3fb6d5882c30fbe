/**
 * Lets at most `permits` async tasks run at once; with one permit, a mutex.
 *
 * First come, first served: a permit that becomes free goes straight to the
 * longest waiting task, so a newcomer cannot overtake. Not reentrant: a task
 * that waits for the permit it holds waits for ever.
 *
 * @example
 * const mutex = new Semaphore(1);
 * await mutex.run(async () => {
 *   const balance = await read(account);
 *   await write(account, balance - amount);
 * });
 */
export class Semaphore {
  #free: number;
  readonly #waiting = new Set<() => void>(); // in order of arrival

  constructor(permits: number) {
    if (!Number.isInteger(permits) || permits < 1) {
      throw new RangeError(
        `permits must be a positive integer, not ${permits}`,
      );
    }
    this.#free = permits;
  }

  /** Number of tasks that wait for a permit. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Run `task` once a permit is free, and give the permit back however it ends.
   *
   * An abort ends the wait at once; a task that has started gets no other word
   * of it, so pass it the signal as well.
   *
   * @throws the signal's reason, or what the task throws
   */
  async run<T>(
    task: () => T | PromiseLike<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    await this.#acquire(signal);
    try {
      signal?.throwIfAborted(); // it may have been aborted after the permit came
      return await task(); // `await` keeps the permit until the task has settled
    } finally {
      this.#release();
    }
  }

  #acquire(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.#free > 0) {
        this.#free--;
        return resolve();
      }
      const onAbort = () => {
        this.#waiting.delete(grant);
        reject(signal?.reason);
      };
      const grant = () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      this.#waiting.add(grant);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  #release(): void {
    for (const grant of this.#waiting) {
      this.#waiting.delete(grant);
      return grant(); // the permit changes hands and is never seen as free
    }
    this.#free++;
  }
}
