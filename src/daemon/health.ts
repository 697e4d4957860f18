// The daemon's health, collected from its parts.
import type { ConfigState, DsmState } from '../admin/pages/admin-deps.ts';
import type { Health } from '../health.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { History } from '../history/history.ts';
import type { Log } from '../log/log.ts';
import type { ConfigInForce } from './config-in-force.ts';
import type { DaemonWorker } from './inside-worker.ts';
import type { Listening } from './listening.ts';
import { listConfigured } from '../nas/nas-tasks.ts';
import type { NasState } from '../worker/dsm-shapes.ts';

export interface HealthParts {
  readonly config: Pick<ConfigState, 'refused'>;
  readonly isLogWritten: boolean;
  /** The system's error code while the history cannot be written. */
  readonly historyProblem: string | undefined;
  /** Why the worker is away, while it is. */
  readonly workerProblem: string | undefined;
  readonly dsmStates: readonly DsmState[];
  /** The listeners that are not open. */
  readonly closed: Health;
}

/** What the daemon is asked for its health by. */
interface HealthSources {
  readonly config: Pick<ConfigInForce, 'now' | 'state'>;
  readonly log: Pick<Log, 'isWritten'>;
  readonly history: Pick<History, 'problem'>;
  readonly worker: Pick<DaemonWorker, 'nases' | 'problem'>;
  readonly listening: Pick<Listening, 'health'>;
}

/** Creates functions that look at the health of a daemon whenever they are called. */
export function createHealth({ config, log, history, worker, listening }: HealthSources): {
  readonly dsmStates: () => readonly DsmState[];
  readonly health: () => Health;
} {
  const dsmStates = (): readonly DsmState[] => toDsmStates(worker.nases(), config.now().tasks);
  return {
    dsmStates,
    health: () =>
      toHealth({
        config: config.state(),
        isLogWritten: log.isWritten(),
        historyProblem: history.problem(),
        workerProblem: worker.problem(),
        dsmStates: dsmStates(),
        closed: listening.health(),
      }),
  };
}

/** The NASes that have tasks in the config, as the admin pages and the metrics show them. NASes without tasks are left out. */
function toDsmStates(states: readonly NasState[], tasks: LoadedConfig['tasks']): readonly DsmState[] {
  const used = states.filter(({ name }) => listConfigured(tasks, name).length > 0);
  return used.map(({ name, way, sentence, health }) => ({
    name: name === '' ? 'DSM' : name,
    way,
    reason: health.kind === 'failing' ? health.sentence : `${sentence}.`,
    health: health.kind === 'fine' ? 'ok' : health.kind,
  }));
}

/** Lists what is wrong, each with its consequence. */
export function toHealth({
  config,
  isLogWritten,
  historyProblem,
  workerProblem,
  dsmStates,
  closed,
}: HealthParts): Health {
  return [
    ...(config.refused === undefined
      ? []
      : [
          {
            what: 'config' as const,
            message: `${config.refused.message}; the daemon continues with the last good one`,
          },
        ]),
    ...(isLogWritten
      ? []
      : [{ what: 'log' as const, message: 'The log cannot be written; no task is started until it can be' }]),
    ...(historyProblem === undefined
      ? []
      : [
          {
            what: 'history' as const,
            message: `The history cannot be written (${historyProblem}); no task is started until it can be`,
          },
        ]),
    ...(workerProblem === undefined
      ? []
      : [{ what: 'worker' as const, message: `${workerProblem}; no task is started until it is there` }]),
    ...dsmStates
      .filter(({ health }) => health === 'failing')
      .map(({ name, reason }) => ({
        what: 'dsm' as const,
        message: name === 'DSM' ? reason : `${name}: ${reason}`,
      })),
    ...closed,
  ];
}
