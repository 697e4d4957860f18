// What follows the runs of a task: another task, some time after a run has ended.
import * as z from 'zod';
import { PositiveDurationMs } from './duration.ts';

/** The option `then` of a task. */
export const ThenOptions = z.strictObject({
  task: z.string().min(1).describe('The task that is started afterwards, by its id.'),
  after: PositiveDurationMs.describe('How long after the end of the run it is started.'),
  when: z
    .enum(['succeeded', 'ended'])
    .default('succeeded')
    .describe('Whether it follows only runs that succeeded, or all runs that began.'),
  between: z
    .tuple([PositiveDurationMs, PositiveDurationMs])
    .refine(([least, most]) => least <= most, 'Give the shorter time first')
    .optional()
    .describe('The shortest and the longest time that a caller can choose instead of `after`.'),
  within: PositiveDurationMs.prefault('1d').describe(
    'How late it may be started, if the daemon was not running at its time, or the task could not be started then.',
  ),
});
export type ThenOptions = z.infer<typeof ThenOptions>;

/** What follows one run, as its caller was promised. */
export const Promised = z.object({
  task: z.string(),
  afterMs: z.number(),
  withinMs: z.number(),
  when: ThenOptions.shape.when.unwrap(),
});
export type Promised = z.infer<typeof Promised>;

/** What follows a run that is started now; `chosenMs` is the time that the caller chose. */
export function toPromised(
  { task, after, within, when }: ThenOptions,
  chosenMs: number | undefined,
): Promised {
  return { task, afterMs: chosenMs ?? after, withinMs: within, when };
}

/** Times that are worth a button of their own. */
const niceMs = [5, 10, 15, 30, 45, 60, 120, 180, 240, 360, 480, 720, 1440, 2880, 10_080].map(
  (minutes) => minutes * 60_000,
);
const mostChoices = 4;

/** A few of the times that a caller can choose, spread over all of them. */
export function listChoices({ between }: Pick<ThenOptions, 'between'>): readonly number[] {
  if (between === undefined) return [];
  const [least, most] = between;
  const all = [...new Set([least, ...niceMs.filter((ms) => ms > least && ms < most), most])];
  if (all.length <= mostChoices) return all;
  const step = (all.length - 1) / (mostChoices - 1);
  return Array.from({ length: mostChoices }, (_, i) => all[Math.round(i * step)] ?? most);
}
