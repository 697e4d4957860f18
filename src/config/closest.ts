// Finds the intended name for a misspelled one.
import { distance } from 'fastest-levenshtein';

/** Fewer letters are the beginning of a name by chance. */
const shortestBeginning = 3;

/** The candidate that a name misspells: some letters differ, their order differs, or one is the beginning of the other and of no other candidate. */
export function findClosest(name: string, candidates: readonly string[]): string | undefined {
  const typed = name.toLowerCase();
  const begun = candidates.filter((candidate) => candidate.toLowerCase().startsWith(typed));
  if (begun.length === 1 && typed.length >= shortestBeginning) return begun[0];
  const [closest] = candidates
    .map((candidate) => {
      const wanted = candidate.toLowerCase();
      const isNear =
        toLetters(typed) === toLetters(wanted) || (typed.length <= 12 && typed.startsWith(wanted));
      return { candidate, steps: isNear ? 1 : distance(typed, wanted) };
    })
    .sort((a, b) => a.steps - b.steps);
  return closest !== undefined && closest.steps <= Math.max(1, Math.floor(closest.candidate.length / 3))
    ? closest.candidate
    : undefined;
}

/** The candidate with the fewest differing letters, however many; the first of several. */
export function findNearest(name: string, candidates: readonly string[]): string | undefined {
  const [nearest] = candidates
    .map((candidate) => ({ candidate, steps: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  return nearest?.candidate;
}

function toLetters(word: string): string {
  return word.split('').sort().join('');
}
