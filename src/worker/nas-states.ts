// The states of the NASes as the worker last sent them, for the server: they are read by pages and metrics at any time.
import type { Clock } from '../clock.ts';
import { renderDuration } from '../values/duration.ts';
import type { NasState } from './dsm-shapes.ts';

export interface NasStates {
  /** Replaces all states. */
  take(states: readonly NasState[]): void;
  /** The states now; what is wrong includes how long it is until the next try. */
  now(): readonly NasState[];
}

/** Creates the store; it is empty until the worker has sent something. */
export function createNasStates({ nowMs }: Pick<Clock, 'nowMs'>): NasStates {
  let states: readonly NasState[] = [];
  let takenMs = 0;
  return {
    take(given) {
      states = given;
      takenMs = nowMs();
    },
    now: () =>
      states.map(({ health, ...state }) => ({
        ...state,
        health: withRetry(health, nowMs() - takenMs),
      })),
  };
}

function withRetry({ retryInMs, ...health }: NasState['health'], agoMs: number): NasState['health'] {
  if (retryInMs === undefined) return health;
  const leftMs = Math.max(0, retryInMs - agoMs);
  return { ...health, sentence: `${health.sentence} ${explainRetry(leftMs)}` };
}

function explainRetry(retryInMs: number): string {
  return retryInMs < 1000
    ? 'The next run tries it again.'
    : `It is not tried again within ${renderDuration(retryInMs)}.`;
}
