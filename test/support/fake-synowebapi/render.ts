// JSON as DSM's synowebapi prints it: three spaces, a space on both sides of the colon, keys in order.

/** A value as text, with a line end. */
export function renderPretty(value: unknown): string {
  return `${render(value, '')}\n`;
}

function render(value: unknown, indent: string): string {
  const deeper = `${indent}   `;
  const enclose = (open: string, parts: readonly string[], close: string): string =>
    parts.length === 0
      ? `${open}${close}`
      : `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`;
  if (Array.isArray(value))
    return enclose(
      '[',
      value.map((part) => render(part, deeper)),
      ']',
    );
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => `${JSON.stringify(name)} : ${render(part, deeper)}`);
  return enclose('{', parts, '}');
}
