// Answers that stay valid for a while: callers with the same question, meanwhile or at the same time, share one answer.
import type { Clock } from '../../clock.ts';

export interface Verdicts<T> {
  /** The valid or pending answer for a key. */
  find(key: string): Promise<T> | undefined;
  /** Asks again. */
  ask(key: string, question: () => Promise<T>): Promise<T>;
}

/** Creates answers that are valid for `holdMs`, counted from the question. */
export function createVerdicts<T>({
  holdMs,
  clock,
}: {
  readonly holdMs: number;
  readonly clock: Clock;
}): Verdicts<T> {
  const verdicts = new Map<
    string,
    { readonly askedMs: number; readonly answer: Promise<T>; isOpen: boolean }
  >();
  const holds = ({ askedMs, isOpen }: { readonly askedMs: number; readonly isOpen: boolean }): boolean =>
    isOpen || clock.nowMs() - askedMs < holdMs;
  return {
    find(key) {
      const known = verdicts.get(key);
      return known !== undefined && holds(known) ? known.answer : undefined;
    },
    async ask(key, question) {
      for (const [old, verdict] of verdicts) if (!holds(verdict)) verdicts.delete(old);
      const verdict = { askedMs: clock.nowMs(), answer: question(), isOpen: true };
      verdicts.set(key, verdict);
      return await verdict.answer.finally(() => {
        verdict.isOpen = false;
      });
    },
  };
}
