/** Turns unknown input into a `T`, or throws a DecodeError that names the place. */
export type Decoder<T> = (input: unknown, path?: string) => T;

/** What a decoder produces: `type User = Infer<typeof user>`. */
export type Infer<D> = D extends Decoder<infer T> ? T : never;

export class DecodeError extends Error {
  override readonly name = "DecodeError";
  constructor(
    readonly path: string,
    readonly expected: string,
    actual: unknown,
  ) {
    super(`${path}: expected ${expected}, got ${typeName(actual)}`);
  }
}

/** Build a decoder from a type guard; `expected` completes "expected ...". */
export function guard<T>(
  expected: string,
  accepts: (input: unknown) => input is T,
): Decoder<T> {
  return (input, path = "$") => {
    if (accepts(input)) return input;
    throw new DecodeError(path, expected, input);
  };
}

const isString = (x: unknown): x is string => typeof x === "string";
const isBoolean = (x: unknown): x is boolean => typeof x === "boolean";
const isNumber = (x: unknown): x is number => Number.isFinite(x);

export const string = guard("a string", isString);
export const boolean = guard("a boolean", isBoolean);
export const number = guard("a finite number", isNumber);

export function oneOf<const T extends string | number | null>(
  ...values: readonly T[]
): Decoder<T> {
  const expected = values.map((value) => JSON.stringify(value)).join(" or ");
  return guard(expected, (x): x is T => values.includes(x as T));
}

export function array<T>(item: Decoder<T>): Decoder<T[]> {
  const list = guard<unknown[]>("an array", Array.isArray);
  return (input, path = "$") =>
    list(input, path).map((value, i) => item(value, `${path}[${i}]`));
}

export function nullable<T>(inner: Decoder<T>): Decoder<T | null> {
  return (input, path) => (input === null ? null : inner(input, path));
}

type Fields = Readonly<Record<string, Decoder<unknown>>>;
type Decoded<F> = { [K in keyof F]: Infer<F[K]> };

/**
 * Decode an object with these fields, and those of `optional` where present.
 *
 * The result is a new object with the named fields only: what was not asked for
 * does not get in. Inherited properties do not count as present.
 */
export function object<F extends Fields, O extends Fields = {}>(
  fields: F,
  optional?: O,
): Decoder<Decoded<F> & Partial<Decoded<O>>> {
  const record = guard(
    "an object",
    (x): x is Record<string, unknown> => typeName(x) === "an object",
  );
  return (input, path = "$") => {
    const source = record(input, path);
    const read = ([key, decode]: [string, Decoder<unknown>]) => {
      const value = Object.hasOwn(source, key) ? source[key] : undefined;
      return [key, decode(value, `${path}.${key}`)] as const;
    };
    const present = ([key]: [string, unknown]) => Object.hasOwn(source, key);
    const extra = Object.entries(optional ?? {}).filter(present);
    const entries = [...Object.entries(fields), ...extra].map(read);
    return Object.fromEntries(entries) as Decoded<F> & Partial<Decoded<O>>;
  };
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
