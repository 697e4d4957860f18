// How a run ended: the vocabulary that pages, log and history share.
import * as z from 'zod';
import { renderReason } from './reasons/english.ts';
import { isReason, type Reason } from './reasons/reason.ts';

/**
 * How a run ended. `exitCode` and `signal` are set only if the program reported one; `reason` is a
 * sentence for people without paths and keys, so that it may be shown to the caller who started the run. `why` is the
 * same as a code with its parameters: it is missing in the lines of earlier versions, and dropped if this version does not know it.
 */
export const Outcome = z.object({
  kind: z.enum(['succeeded', 'failed', 'timed-out', 'stopped', 'lost', 'unconfirmed']),
  exitCode: z.number().int().optional(),
  signal: z.string().optional(),
  reason: z.string().optional(),
  why: z
    .unknown()
    .transform((value): Reason | undefined => (isReason(value) ? value : undefined))
    .optional(),
});
export type Outcome = z.infer<typeof Outcome>;

/** The outcome of a process that ended by itself: only exit status 0 is a success. */
export function toOutcome(exit: { exitCode?: number | undefined; signal?: string | undefined }): Outcome {
  if (exit.signal !== undefined) return { kind: 'failed', signal: exit.signal };
  if (exit.exitCode === 0) return { kind: 'succeeded', exitCode: 0 };
  return exit.exitCode === undefined
    ? failedToStart({ code: 'no-exit-status' })
    : { kind: 'failed', exitCode: exit.exitCode };
}

/** The outcome of a run whose program never started, for the given reason. */
export function failedToStart(why: Reason): Outcome {
  return { kind: 'failed', ...explain(why) };
}

/** The outcome of a run whose end is not known, for the given reason. */
export function unconfirmed(why: Reason): Outcome {
  return { kind: 'unconfirmed', ...explain(why) };
}

/** A reason, in English and as a code. */
export function explain<Why extends Reason>(why: Why): { readonly reason: string; readonly why: Why } {
  return { reason: renderReason(why), why };
}

/** The outcome as words: `failed with exit status 3`. */
export function renderOutcome(outcome: Outcome): string {
  const words = outcome.kind === 'timed-out' ? 'timed out' : outcome.kind;
  if (outcome.kind === 'failed' && outcome.signal !== undefined) return `${words} by ${outcome.signal}`;
  if (outcome.kind === 'failed' && outcome.exitCode !== undefined)
    return `${words} with exit status ${outcome.exitCode}`;
  return words;
}
