// What became of a call that was let in, told to all who keep count: the log, the attempts, the tally.
import type { Attempts } from './attempts.ts';
import type { Logger } from '../log/log.ts';
import type { Tally } from './tally.ts';

/** What a call that was let in came to. */
type Made = 'started' | 'joined' | 'queued' | 'asked' | 'busy' | 'full' | 'not-now' | 'unwritable' | 'closing';

const words: Readonly<Record<Made, string>> = {
  started: 'Started',
  joined: 'Joined a run of',
  queued: 'Queued a run of',
  asked: 'Asked before starting',
  busy: 'Did not start (it is running)',
  full: 'Did not start (its queue is full)',
  'not-now': 'Did not start (not at this time)',
  unwritable: 'Did not start (it cannot be written down)',
  closing: 'Did not start (the daemon is stopping)',
};

/** Who keeps count. */
export interface Counters {
  readonly logger: Logger;
  readonly attempts: Pick<Attempts, 'note'>;
  readonly tally: Pick<Tally, 'admitted'>;
}

/** An attempt on a task, and who made it. */
export interface AttemptMade {
  readonly intent: 'start' | 'again';
  readonly task: string;
  readonly name: string;
  readonly label: string | undefined;
  readonly address: string;
}

/** Notes what an attempt came to. */
export function noteAttempt(
  result: { readonly kind: Made; readonly run?: { readonly run: string } },
  { intent, task, name, label, address }: AttemptMade,
  { logger, attempts, tally }: Counters,
): void {
  const run = result.run?.run;
  const whose = label === undefined ? address : `${label}, ${address}`;
  logger.info({ event: 'attempt', intent, task, result: result.kind, run, label, address }, `${words[result.kind]} ${name} for ${whose}`);
  attempts.note({ result: result.kind, address, label, task, run });
  tally.admitted(result.kind);
}
