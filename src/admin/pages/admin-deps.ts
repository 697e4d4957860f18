// What the admin pages read and act on; everything is passed in.
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../clock.ts';
import type { Blocks } from '../../entry/blocks.ts';
import type { Links } from '../../entry/links.ts';
import type { LockedTasks } from '../../entry/gate.ts';
import type { FollowUps } from '../../follow-ups/follow-ups.ts';
import type { Health } from '../../health.ts';
import type { Attempts } from '../../attempts/attempts.ts';
import type { History } from '../../history/history.ts';
import type { countEarlierStrangers } from '../../attempts/earlier-strangers.ts';
import type { Recorder } from '../../attempts/recorder.ts';
import type { Tally } from '../../attempts/tally.ts';
import type { Logger } from '../../log/log.ts';
import type { Icons } from '../../icons/icons.ts';
import type { LogLine, readLogTail } from '../../log/tail.ts';
import type { Notifier } from '../../notify/notifier.ts';
import type { Runs, StartResult } from '../../runs/runs.ts';
import type { Task } from '../../tasks.ts';

/** The state of the config. Times are ISO 8601, UTC. */
export interface ConfigState {
  readonly file: string;
  /** When the config in force was adopted. */
  readonly takenAt: string;
  readonly warnings: readonly string[];
  /** The options that take effect only after a restart. */
  readonly restartNeeds: readonly string[];
  /** Why the current file is not in force, if it was refused. */
  readonly refused:
    | { readonly at: string; readonly message: string; readonly problems: readonly string[] }
    | undefined;
}

/** The certificate of a listener, as it is now. */
export interface CertificateState {
  readonly listener: 'server' | 'admin';
  readonly subject: string;
  /** The names and addresses that it is valid for. */
  readonly names: readonly string[];
  /** Wall time in milliseconds. */
  readonly endsAtMs: number;
  /** The names that callers have used lately, and that it is not valid for. */
  readonly unfit: readonly string[];
  /** What to do about it, in sentences without a full stop. */
  readonly warnings: readonly string[];
}

/** The state of DSM; `reason` explains why this way was chosen, or what is wrong. */
export interface DsmState {
  /** "DSM" if the config names no NAS. */
  readonly name: string;
  readonly way: string;
  readonly reason: string;
  readonly health: 'ok' | 'unused' | 'failing';
}

/** Two keys in clear that open a task, with their labels. */
interface KeyPair {
  readonly labels: readonly string[];
  readonly magicKey: string;
  readonly taskKey: string;
}

/** The keys of a task that the config contains in clear, and the address of the daemon. */
interface TaskKeys {
  readonly base: string;
  readonly pairs: readonly KeyPair[];
}

/** The address of a task, and the label under which calls with these keys are recorded. */
export interface TaskAddress extends Omit<KeyPair, 'labels'> {
  readonly base: string;
  readonly label: string;
}

export interface AdminDeps {
  readonly tasks: () => readonly Task[];
  readonly runs: Pick<Runs, 'find' | 'last' | 'live' | 'stop'>;
  /** Starts a task if its policies allow; undefined if no such task may be started. */
  readonly start: (
    task: string,
    wish: { readonly address: string; readonly label: string },
  ) => Promise<StartResult | undefined>;
  readonly followUps: Pick<
    FollowUps,
    'all' | 'thenOf' | 'ofRun' | 'ofTask' | 'choose' | 'leave' | 'startNow'
  >;
  readonly history: Pick<History, 'runs'>;
  readonly attempts: Pick<Attempts, 'find' | 'stream'>;
  readonly recorder: Pick<Recorder, 'attempted' | 'stopped'>;
  readonly tally: Tally;
  /** The strangers that earlier daemons recorded, by network; read when first asked for. */
  readonly earlierStrangers: () => ReturnType<typeof countEarlierStrangers>;
  readonly config: () => ConfigState;
  readonly certificates: () => readonly CertificateState[];
  readonly health: () => Health;
  readonly dsmStates: () => readonly DsmState[];
  /** The last lines of the log. */
  readonly readLog: (wanted: Parameters<typeof readLogTail>[1]) => Promise<readonly LogLine[]>;
  readonly icons: Pick<Icons, 'find'>;
  readonly notices: Pick<Notifier, 'states' | 'test'>;
  /** The keys in use: labels and ends, and no key in clear. */
  readonly keys: () => LockedTasks['keys'];
  readonly blocks: Pick<Blocks, 'has' | 'block' | 'unblock'>;
  readonly links: Pick<Links, 'list' | 'isOpen' | 'create' | 'end'>;
  /** The usual address of the daemon, as callers see it. */
  readonly base: () => string;
  /** Reads the keys of a task from the config. Throws AppError if the config cannot be read. */
  readonly loadKeys: (task: string) => TaskKeys | undefined;
  /** Notes the name under which an administrator has come by HTTPS. */
  readonly noteCaller: (request: IncomingMessage) => void;
  readonly version: string;
  readonly logger: Logger;
  readonly clock: Clock;
}
