// The order of versions by Semantic Versioning 2.0.0, 11.

/** Negative if `a` comes before `b`, 0 if both are of equal rank. What is missing counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [parse(a), parse(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (first.numbers[i] ?? 0) - (second.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return comparePreReleases(first.preRelease, second.preRelease);
}

function parse(version: string): {
  readonly numbers: readonly number[];
  readonly preRelease: readonly string[];
} {
  const [core = '', ...rest] = version.replace(/^v/, '').replace(/\+.*$/, '').split('-');
  return {
    numbers: core.split('.').map(Number),
    preRelease: rest.length === 0 ? [] : rest.join('-').split('.'),
  };
}

/** A version with a pre-release comes before the one without; then part by part, numbers before words. */
function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [i, one] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    if (one === other) continue;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (isNumber && isOtherNumber) return Number(one) - Number(other);
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return a.length - b.length;
}
