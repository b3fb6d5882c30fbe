/**
 * Close a switch over a union: the compiler rejects the call while a case is missing.
 *
 * @example
 * switch (shape.kind) {
 *   case "circle": return Math.PI * shape.radius ** 2;
 *   case "square": return shape.side ** 2;
 *   default: return assertNever(shape);
 * }
 *
 * @throws {Error} at run time, for a value that the types did not foresee, such
 *   as a kind that only a newer server sends
 */
export function assertNever(value: never, what = "value"): never {
  throw new Error(`Unhandled ${what}: ${describe(value)}`);
}

type Handlers<U extends Record<K, string>, K extends PropertyKey> = {
  readonly [Tag in U[K]]: (variant: Extract<U, Record<K, Tag>>) => unknown;
};

/**
 * The same as an expression: choose a handler by the tag in property `key`.
 *
 * Each handler receives its own variant of the union; a missing one, or one for
 * a tag that no longer exists, does not compile.
 *
 * @example
 * const label = match(event, "type", {
 *   created: ({ id }) => `new ${id}`,
 *   deleted: () => "gone",
 * });
 */
export function match<
  U extends Record<K, string>,
  K extends PropertyKey,
  H extends Handlers<U, K>,
>(
  value: U,
  key: K,
  handlers: H & { [Tag in keyof H]: Tag extends U[K] ? unknown : never },
): ReturnType<H[U[K]]> {
  const tag: U[K] = value[key];
  // Own properties only: the tag "toString" must not find Object.prototype.
  if (!Object.hasOwn(handlers, tag)) {
    return assertNever(value as never, `${String(key)} "${tag}"`);
  }
  const handle = handlers[tag] as (variant: U) => ReturnType<H[U[K]]>;
  return handle(value);
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value); // a cycle or a BigInt
  }
}
