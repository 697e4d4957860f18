// An attempt: one call from outside, including refused ones, as it is recorded and read back.
import * as z from 'zod';

/** The results of admitted calls. */
const admittedResults = [
  'started',
  'joined',
  'queued',
  'asked',
  'busy',
  'full',
  'not-now',
  'unwritable',
  'closing',
  'away',
  'bad-query',
  'stopped',
] as const;
/** Why calls were refused; `limited` is a call with the right keys that came too often, `again` is a button that had been pressed before or was too old. */
export const refusals = [
  'magic-key',
  'task-key',
  'both-keys',
  'early-key',
  'expired-key',
  'blocked-key',
  'ended-link',
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

/** All possible results of an attempt. */
export const attemptResults = [...admittedResults, ...refusals, flood] as const;
export type AttemptResult = (typeof attemptResults)[number];
export type Refusal = (typeof refusals)[number];

const Attempt = z.object({
  result: z.enum(attemptResults),
  /** The client's address; absent for the command line and for a flood. */
  address: z.string().optional(),
  /** The label of the keys, or the name of the admin. */
  label: z.string().optional(),
  task: z.string().optional(),
  run: z.string().optional(),
  /** For a flood: how many calls, and where most of them came from. */
  calls: z.number().optional(),
  networks: z.record(z.string(), z.number()).optional(),
});
export type Attempt = z.infer<typeof Attempt>;

/** A line of the file: an attempt with its number in the file, and its time (UTC). */
const AttemptLine = Attempt.extend({ n: z.number().int().positive(), at: z.iso.datetime() });
export type AttemptLine = z.infer<typeof AttemptLine>;

/** The attempt in a line; undefined if the line is torn or damaged. */
export function parseAttemptLine(text: string): AttemptLine | undefined {
  try {
    return AttemptLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const refused: ReadonlySet<string> = new Set([...refusals, flood]);

/** Whether only the attempts file records it. */
export function isRefused({ result }: Pick<Attempt, 'result'>): boolean {
  return refused.has(result);
}
