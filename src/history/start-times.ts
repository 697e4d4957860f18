// The times of starts whose runs are no longer remembered: `maxPerDay` still counts them.
import { toIso } from '../clock.ts';
import type { DayStarts } from './records.ts';

/** How often a task may be started within a day, if that is limited. */
const mostPerDay = 10_000;
/** How many times one line contains. */
const timesInLine = 1000;

export interface StartTimes {
  note(task: string, atMs: number): void;
  /** Forgets the times that are over. */
  sweep(isOver: (atMs: number) => boolean): void;
  /** The times as lines of the history. */
  lines(): Iterable<DayStarts>;
}

export function createStartTimes(): StartTimes {
  const timesOf = new Map<string, number[]>();
  return {
    note(task, atMs) {
      const times = timesOf.get(task);
      if (times === undefined) timesOf.set(task, [atMs]);
      else if (times.push(atMs) > 2 * mostPerDay) timesOf.set(task, times.slice(-mostPerDay));
    },
    sweep(isOver) {
      for (const [task, times] of timesOf) {
        const left = times.filter((atMs) => !isOver(atMs));
        if (left.length === 0) timesOf.delete(task);
        else timesOf.set(task, left);
      }
    },
    *lines() {
      for (const [task, times] of timesOf) {
        for (let from = 0; from < times.length; from += timesInLine)
          yield { event: 'starts', task, at: times.slice(from, from + timesInLine).map(toIso) };
      }
    },
  };
}
