// A problem found in a config, with its place; and how a place is written.

/** The place of a value in the file. */
export type Path = readonly (string | number)[];

export interface Finding {
  readonly path: Path;
  readonly message: string;
  /** What is wrong: the value (the default), the name before it, or a name that must not be shown because it may be a key. */
  readonly subject?: 'name' | 'untold-name';
}

/** Longer names are not shown, because the owner may have put a key where a name belongs. */
const longestShown = 21;

/** A path as people read it: `tasks.7.identifier`. Anything that is not a plain word is quoted. */
export function renderPath(path: Path): string {
  return path.map(renderStep).join('.');
}

/** Converts a path of zod; configs contain no symbols. */
export function toPath(path: readonly PropertyKey[]): Path {
  return path.map((step) => (typeof step === 'symbol' ? '' : step));
}

function renderStep(step: string | number): string {
  if (typeof step === 'number' || /^[\w$-]{1,21}$/.test(step)) return String(step);
  if (step.length > longestShown) return '…';
  return `"${step.replace(/["\\]|(?! )[\p{C}\p{Z}]/gu, (odd) => `\\u${odd.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
}
