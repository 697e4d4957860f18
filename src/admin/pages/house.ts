// What the admin pages look into and act on: everything is handed in.
import type { Clock } from '../../clock.ts';
import type { Health } from '../../health.ts';
import type { Attempts } from '../../attempts/attempts.ts';
import type { History } from '../../history/history.ts';
import type { Recorder } from '../../attempts/recorder.ts';
import type { Tally } from '../../attempts/tally.ts';
import type { Logger } from '../../log/log.ts';
import type { Runs, StartResult } from '../../runs/runs.ts';
import type { Task } from '../../tasks.ts';

/** How things stand with the config. Times are ISO 8601, UTC. */
export interface ConfigState {
  readonly file: string;
  /** When the config that is in force was taken up. */
  readonly takenAt: string;
  readonly warnings: readonly string[];
  /** What is in force only after a new start. */
  readonly restartNeeds: readonly string[];
  /** Why the config of now is not in force, if it is not. */
  readonly refused: { readonly at: string; readonly message: string; readonly problems: readonly string[] } | undefined;
  /** The certificates in use, in PEM, by what they are for. */
  readonly certificates: readonly { readonly name: string; readonly cert: Buffer }[];
}

/** How things stand with DSM; `reason` says why this way was taken, or what is wrong. */
export interface DsmState {
  /** "DSM" where the config names no NAS. */
  readonly name: string;
  readonly way: string;
  readonly reason: string;
  readonly health: 'ok' | 'unused' | 'failing';
}

/** The address of a task; its keys are undefined where they do not stand in clear in the config. */
export interface TaskAddress {
  readonly base: string;
  readonly magicKey: string | undefined;
  readonly taskKey: string | undefined;
}

export interface House {
  readonly tasks: () => readonly Task[];
  readonly runs: Pick<Runs, 'find' | 'last' | 'live' | 'stop'>;
  /** Starts a task as its policies allow; undefined where there is none that may be started. */
  readonly start: (task: string, wish: { readonly address: string; readonly label: string }) => Promise<StartResult | undefined>;
  readonly history: Pick<History, 'runs'>;
  readonly attempts: Pick<Attempts, 'find'>;
  readonly recorder: Pick<Recorder, 'attempted' | 'stopped'>;
  readonly tally: Tally;
  readonly config: () => ConfigState;
  readonly health: () => Health;
  readonly dsmStates: () => readonly DsmState[];
  /** Reads the keys of a task out of the config. Throws AppError where that cannot be read. */
  readonly loadAddress: (task: string) => TaskAddress | undefined;
  readonly version: string;
  readonly logger: Logger;
  readonly clock: Clock;
}
