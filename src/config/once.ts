// Asks the system once for what many tasks have in common.

/** The same function; it is called once for each key, and remembers its answer. */
export function createOnce<A extends readonly unknown[], R>(
  ask: (...parts: A) => R,
  toKey: (...parts: A) => string,
): (...parts: A) => R {
  const known = new Map<string, { readonly answer: R }>();
  return (...parts) => {
    const key = toKey(...parts);
    const found = known.get(key) ?? { answer: ask(...parts) };
    known.set(key, found);
    return found.answer;
  };
}
