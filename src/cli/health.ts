// How the daemon is, put together from its parts.
import type { ConfigState, DsmState } from '../admin/house.ts';
import type { Health } from '../health.ts';

export interface HealthParts {
  readonly config: Pick<ConfigState, 'refused'>;
  readonly isLogWritten: boolean;
  /** The system's error code while the history cannot be written. */
  readonly historyProblem: string | undefined;
  readonly dsmStates: readonly DsmState[];
}

/** What is wrong; each with what follows from it. */
export function toHealth({ config, isLogWritten, historyProblem, dsmStates }: HealthParts): Health {
  return [
    ...(config.refused === undefined
      ? []
      : [{ what: 'config' as const, message: `${config.refused.message}; the daemon goes on with the last good one` }]),
    ...(isLogWritten ? [] : [{ what: 'log' as const, message: 'The log cannot be written; no task is started until it can be' }]),
    ...(historyProblem === undefined
      ? []
      : [{ what: 'history' as const, message: `The history cannot be written (${historyProblem}); no task is started until it can be` }]),
    ...dsmStates
      .filter(({ health }) => health === 'failing')
      .map(({ name, way, reason }) => ({
        what: 'dsm' as const,
        message: `${name === '' ? 'DSM' : `The NAS ${name}`} cannot be used (${way}): ${reason}`,
      })),
  ];
}
