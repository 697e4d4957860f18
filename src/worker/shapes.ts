// Checks of plain data, small and exact: what passes holds nothing that was not asked for. The worker does without zod, for its memory.

/** Whether a value has a shape. */
export type Check<T> = (value: unknown) => value is T;
/** What passes a check. */
export type Checked<C> = C extends Check<infer T> ? T : never;

type Checks = Readonly<Record<string, Check<unknown>>>;
type Parts<Required extends Checks> = { readonly [Name in keyof Required]: Checked<Required[Name]> };
type MoreParts<Optional extends Checks> = {
  readonly [Name in keyof Optional]?: Checked<Optional[Name]> | undefined;
};

/** A text of at most so many UTF-16 units. */
export function text(max: number): Check<string> {
  return (value): value is string => typeof value === 'string' && value.length <= max;
}

/** A number that JSON can carry. */
export const finite: Check<number> = (value): value is number => Number.isFinite(value);

export const integer: Check<number> = (value): value is number => Number.isSafeInteger(value);

export const boolean: Check<boolean> = (value): value is boolean => typeof value === 'boolean';

/** Bytes, at most so many. */
export function bytes(max: number): Check<Uint8Array> {
  return (value): value is Uint8Array => value instanceof Uint8Array && value.length <= max;
}

/** One of a few words or other values. */
export function oneOf<const Values extends readonly (string | boolean)[]>(
  ...values: Values
): Check<Values[number]> {
  return (value): value is Values[number] => values.some((known) => known === value);
}

/** A list of at most so many. */
export function listOf<T>(check: Check<T>, max: number): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.length <= max && value.every(check);
}

/** An object with all of the required parts, perhaps some of the optional ones, and no others. */
export function shape<Required extends Checks>(required: Required): Check<Parts<Required>>;
export function shape<Required extends Checks, Optional extends Checks>(
  required: Required,
  optional: Optional,
): Check<Parts<Required> & MoreParts<Optional>>;
export function shape(required: Checks, optional: Checks = {}): Check<unknown> {
  const checks = new Map<string, Check<unknown>>([
    ...Object.entries(required),
    ...Object.entries(optional).map(([name, check]): [string, Check<unknown>] => [name, orMissing(check)]),
  ]);
  const names = Object.keys(required);
  return (value): value is unknown =>
    isPlain(value) &&
    names.every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, part]) => checks.get(name)?.(part) === true);
}

/** Objects that are told apart by their `kind`. */
export function oneOfShapes<Shapes extends Readonly<Record<string, Check<unknown>>>>(
  shapes: Shapes,
): Check<Checked<Shapes[keyof Shapes]>> {
  const byKind = new Map(Object.entries(shapes));
  return (value): value is Checked<Shapes[keyof Shapes]> =>
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    byKind.get(value.kind)?.(value) === true;
}

/** Any data of JSON with at most so many values in it, at most `depth` levels deep. */
export function data(depth: number, maxValues: number, maxText: number): Check<unknown> {
  const count = (value: unknown, left: number): number => {
    if (value === null || typeof value === 'boolean' || finite(value)) return 1;
    if (typeof value === 'string') return value.length <= maxText ? 1 : Infinity;
    if (left === 0 || !(Array.isArray(value) || isPlain(value))) return Infinity;
    let values = 1;
    for (const [name, part] of Object.entries(value)) {
      if (part === undefined) continue;
      values += name.length <= maxText ? count(part, left - 1) : Infinity;
      if (values > maxValues) return Infinity;
    }
    return values;
  };
  return (value): value is unknown => count(value, depth) <= maxValues;
}

function orMissing<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

/** Whether it is an object as JSON has it: of no class, and without accessors. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
