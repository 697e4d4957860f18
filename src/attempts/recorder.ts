// The one recorder of attempts: the only place that writes them into the log, the attempts file and the tally.
import type { Logger } from '../log/log.ts';
import type { Refusal } from './attempt.ts';
import type { Attempts } from './attempts.ts';
import type { Tally } from './tally.ts';

/** The result of an admitted call. */
type Result =
  | 'started'
  | 'joined'
  | 'queued'
  | 'asked'
  | 'busy'
  | 'full'
  | 'not-now'
  | 'unwritable'
  | 'closing'
  | 'away'
  | 'bad-query';

const words: Readonly<Record<Result, string>> = {
  started: 'Started',
  joined: 'Joined a run of',
  queued: 'Queued a run of',
  asked: 'Asked before starting',
  busy: 'Did not start (it is running)',
  full: 'Did not start (its queue is full)',
  'not-now': 'Did not start (not at this time)',
  unwritable: 'Did not start (it cannot be written down)',
  closing: 'Did not start (the daemon is stopping)',
  away: 'Did not start (the worker is away)',
  'bad-query': 'Did not start (its query is not understood)',
};

/** The caller, the admin or the command line. */
interface Actor {
  readonly label?: string | undefined;
  readonly address?: string | undefined;
}

/** An attempt on a task, and who made it. */
interface AttemptMade extends Actor {
  readonly intent: 'start' | 'again' | 'then';
  readonly task: string;
  readonly name: string;
}

/** A refused call: where it came from, and what was wrong with it. */
export interface RefusedCall {
  readonly address: string;
  readonly network: string;
  /** For the log's field `mismatch`. */
  readonly why: Refusal;
  /** Which rule of HTTP it broke, in words that quote nothing of the call. */
  readonly rule?: string | undefined;
}

/** Records the results of attempts. Its functions never throw. */
export interface Recorder {
  /** Records the result of an admitted call; `run` is the run that it led to. */
  attempted(
    result: { readonly kind: Result; readonly run?: { readonly id: string } },
    made: AttemptMade,
  ): void;
  /** Records a request to stop a run. */
  stopped(view: { readonly run: string; readonly task: string; readonly name: string }, by: Actor): void;
  /** Counts a refused call, whether it gets a line of its own or not. */
  counted(call: RefusedCall): void;
  /** Records a refused call that gets a line of its own. */
  refused(call: RefusedCall): void;
  /** Records the sum of refused calls that got none; `where` says in words which networks they came from. */
  flooded(calls: number, networks: Readonly<Record<string, number>>, where: string): void;
}

export function createRecorder({
  logger,
  attempts,
  tally,
}: {
  readonly logger: Logger;
  readonly attempts: Pick<Attempts, 'note'>;
  readonly tally: Pick<Tally, 'admitted' | 'refused'>;
}): Recorder {
  return {
    attempted({ kind, run: led }, { intent, task, name, label, address }) {
      const run = led?.id;
      logger.info(
        { event: 'attempt', intent, task, result: kind, run, label, address },
        `${words[kind]} ${name} for ${renderActor({ label, address })}`,
      );
      attempts.note({ result: kind, address, label, task, run });
      tally.admitted(kind);
    },
    stopped({ run, task, name }, { label, address }) {
      logger.info(
        { event: 'stop', task, run, label, address },
        `Stops ${name} for ${renderActor({ label, address })}`,
      );
      attempts.note({ result: 'stopped', address, label, task, run });
      tally.admitted('stopped');
    },
    counted: ({ network, why }) => tally.refused(network, why),
    refused({ address, why, rule }) {
      logger.info(
        { event: 'refused', address, mismatch: why, rule },
        `Refused a call from ${address} (${why}${rule === undefined ? '' : `: ${rule}`})`,
      );
      attempts.note({ result: why, address });
    },
    flooded(calls, networks, where) {
      logger.warn({ event: 'flood', calls, networks }, `${calls} more calls were refused: ${where}`);
      attempts.note({ result: 'flood', calls, networks });
    },
  };
}

function renderActor({ label, address }: Actor): string {
  return [label, address].filter((part) => part !== undefined).join(', ');
}
