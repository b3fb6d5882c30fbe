type Listener<P> = (payload: P) => void;
type Payload<P> = [P] extends [void] ? [] : [payload: P];

/**
 * An event emitter whose event names and payloads are checked by the compiler.
 *
 * @example
 * const bus = new TypedEmitter<{ saved: { id: string }; closed: void }>();
 * const off = bus.on("saved", ({ id }) => console.log(id));
 * bus.emit("saved", { id: "42" });
 * off();
 */
export class TypedEmitter<Events extends object> {
  // Each subscription has its own wrapper, so one function may subscribe twice.
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Subscribe until the returned function is called or `signal` aborts. */
  on<K extends keyof Events>(
    event: K,
    listener: Listener<Events[K]>,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): () => void {
    if (signal?.aborted) return () => {};
    const subscription: Listener<Events[K]> = (payload) => listener(payload);
    const group = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, group.add(subscription));

    const off = () => {
      signal?.removeEventListener("abort", off);
      if (group.delete(subscription) && group.size === 0) {
        this.#listeners.delete(event);
      }
    };
    signal?.addEventListener("abort", off, { once: true });
    return off;
  }

  /** Wait for the next event; rejects with the reason when `signal` aborts. */
  next<K extends keyof Events>(
    event: K,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Events[K]> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        off();
        reject(signal?.reason);
      };
      const off = this.on(event, (payload) => {
        off();
        signal?.removeEventListener("abort", onAbort);
        resolve(payload);
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /**
   * Call the listeners of this moment, in order of subscription.
   *
   * One removed meanwhile is not called any more, one added waits for the next
   * event. All run even when one throws.
   *
   * @returns whether anybody listened
   * @throws {AggregateError} after the last listener, with all that was thrown
   */
  emit<K extends keyof Events>(event: K, ...args: Payload<Events[K]>): boolean {
    const group = this.#listeners.get(event);
    if (!group) return false;
    const thrown: unknown[] = [];
    for (const listener of [...group]) {
      if (!group.has(listener)) continue;
      try {
        (listener as Listener<unknown>)(args[0]);
      } catch (error) {
        thrown.push(error);
      }
    }
    if (thrown.length === 0) return true;
    throw new AggregateError(thrown, `listeners of "${String(event)}" failed`);
  }
}
