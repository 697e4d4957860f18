// What the admin pages do: start a task, stop a run; written down like every other attempt.
import { renderDuration } from '../duration.ts';
import type { RunFeed } from '../runs/run.ts';
import type { StartResult } from '../runs/runs.ts';
import type { House } from './house.ts';
import type { said } from './run-page.ts';

/** Longer names are cut in log and history. */
const maxUserLength = 64;

/** Who acts. */
export interface Actor {
  readonly user: string;
  readonly address: string;
}

/** Where an act leads: to a run, with a word of explanation where there is one, or to a refusal. */
export type Consequence =
  | { readonly kind: 'run'; readonly run: string; readonly note: keyof typeof said | undefined }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string };

const startWords = {
  started: 'Started',
  joined: 'Joined a run of',
  queued: 'Queued a run of',
  busy: 'Did not start (it is running)',
  full: 'Did not start (its queue is full)',
  'not-now': 'Did not start (not at this time)',
  unwritable: 'Did not start (it cannot be written down)',
  closing: 'Did not start (the daemon is stopping)',
} as const;

type Tools = Pick<House, 'start' | 'attempts' | 'tally' | 'logger' | 'runs'>;

/** Starts a task; undefined where there is no such task, or none that may be started. */
export async function startTask(
  { id, name }: { readonly id: string; readonly name: string },
  { user, address }: Actor,
  { start, attempts, tally, logger }: Omit<Tools, 'runs'>,
): Promise<Consequence | undefined> {
  const label = toLabel(user);
  const result = await start(id, { address, label });
  if (result === undefined) return undefined;
  const run = 'run' in result ? result.run.run : undefined;
  logger.info(
    { event: 'attempt', intent: 'start', task: id, result: result.kind, run, label, address },
    `${startWords[result.kind]} ${name} for ${label}, ${address}`,
  );
  attempts.note({ result: result.kind, task: id, run, label, address });
  tally.admitted(result.kind);
  return toConsequence(result);
}

/** Stops a run; undefined where there is none of this id that goes on. The owner may stop what callers may not. */
export function stopRun(
  id: string,
  { user, address }: Actor,
  { runs, attempts, tally, logger }: Omit<Tools, 'start'>,
): RunFeed | undefined {
  const label = toLabel(user);
  const run = runs.stop(id);
  if (run === undefined) return undefined;
  logger.info({ event: 'stop', run: id, label, address }, `Stops ${run.view().name} for ${label}, ${address}`);
  attempts.note({ result: 'stopped', run: id, label, address });
  tally.admitted('stopped');
  return run;
}

function toLabel(user: string): string {
  return `admin (${user.slice(0, maxUserLength)})`;
}

function toConsequence(result: StartResult): Consequence {
  switch (result.kind) {
    case 'started':
    case 'queued':
      return { kind: 'run', run: result.run.run, note: undefined };
    case 'joined':
    case 'busy':
    case 'full':
      return { kind: 'run', run: result.run.run, note: result.kind };
    case 'not-now': {
      const why = result.why === 'hours' ? 'It may not be started at this hour.' : 'It was started as often as it may be within 24 hours.';
      return { kind: 'refused', status: 429, message: `${why} It may be in ${renderDuration(result.retryAfterSeconds * 1000)}.` };
    }
    case 'unwritable':
      return { kind: 'refused', status: 503, message: 'The start cannot be written down (is the disk full?), so nothing is started.' };
    case 'closing':
      return { kind: 'refused', status: 503, message: 'The daemon is being stopped.' };
    default:
      return result satisfies never;
  }
}
