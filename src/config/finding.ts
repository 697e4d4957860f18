// A problem found in a config, with its place; and how a place is written.

/** The place of a value in the file. */
export type Path = readonly (string | number)[];

export interface Finding {
  /** Undefined if it is about this machine, and about no place in the file. */
  readonly path: Path | undefined;
  readonly message: string;
  /** A problem (the default) keeps the config from being used; a warning does not. */
  readonly level?: 'warning';
  /** What it has in common with those that are summed up with it; the message if not given. */
  readonly kind?: string;
  /** Whether it is about options beside one another. It is left out where one of them is invalid: the remedy may be another then. */
  readonly compares?: true;
  /** What is wrong: the value (the default), the name before it, or a name that must not be shown because it may be a key. */
  readonly subject?: 'name' | 'untold-name';
}

/** What a stage of loading found out, and what is wrong or could be better. */
export interface Found<T> {
  readonly value: T;
  readonly findings: readonly Finding[];
}

/** The same findings as warnings. */
export function toWarnings(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({ ...finding, level: 'warning' }));
}

/** The same findings, each about options beside one another. */
export function toComparisons(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({ ...finding, compares: true }));
}

/** Longer names are not shown, because the owner may have put a key where a name belongs. */
export const longestShown = 21;

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
