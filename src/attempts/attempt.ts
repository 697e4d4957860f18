// An attempt: one call from outside, also a refused one, as it is written down and read back.
import * as z from 'zod';

/** What became of the calls that were let in. */
const admittedResults = ['started', 'joined', 'queued', 'asked', 'busy', 'full', 'not-now', 'unwritable', 'closing', 'stopped'] as const;
/** Why calls were refused; `limited` is a call with the right keys that came too often, `again` a button that had been pressed before or was too old. */
export const refusals = [
  'magic-key',
  'task-key',
  'both-keys',
  'expired-key',
  'disabled-task',
  'address',
  'run',
  'path',
  'method',
  'syntax',
  'limited',
  'again',
] as const;
/** Many refused calls as a sum. */
const flood = 'flood';

/** All that an attempt can have come to. */
export const attemptResults = [...admittedResults, ...refusals, flood] as const;
export type AttemptResult = (typeof attemptResults)[number];
export type Refusal = (typeof refusals)[number];

const Attempt = z.object({
  result: z.enum(attemptResults),
  /** The client's address; none for the command line, nor for a flood. */
  address: z.string().optional(),
  /** Whose keys it came with, or who it was. */
  label: z.string().optional(),
  task: z.string().optional(),
  run: z.string().optional(),
  /** Of a flood: how many calls, and from where most of them came. */
  calls: z.number().optional(),
  networks: z.record(z.string(), z.number()).optional(),
});
export type Attempt = z.infer<typeof Attempt>;

/** A line of the file: an attempt with its number in the file, and when it was (UTC). */
const AttemptLine = Attempt.extend({ n: z.number().int().positive(), at: z.iso.datetime() });
export type AttemptLine = z.infer<typeof AttemptLine>;

/** The attempt of a line, unless that is torn or damaged. */
export function parseAttemptLine(text: string): AttemptLine | undefined {
  try {
    return AttemptLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const refused: ReadonlySet<string> = new Set([...refusals, flood]);

/** Whether nothing but the attempts file knows of it. */
export function isRefused({ result }: Pick<Attempt, 'result'>): boolean {
  return refused.has(result);
}
