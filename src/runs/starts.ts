// Which starts there were within a day: what `maxPerDay` counts, and what an Idempotency-Key finds again.
import { dayMs, type Clock } from '../clock.ts';
import type { RunRecord } from '../history/records.ts';

export interface Starts {
  note(task: string, run: string, idempotencyKey: string | undefined): void;
  /** Takes a start back that came to nothing. */
  drop(task: string, run: string, idempotencyKey: string | undefined): void;
  /** The run that a call with this Idempotency-Key (its digest) started within a day. */
  findRun(task: string, idempotencyKey: string): string | undefined;
  /** In how many seconds a task may be started again, given how often it may within a day; 0 for now. */
  secondsUntilAllowed(task: string, maxPerDay: number): number;
}

/** Remembers the starts of the history, and those that follow. What was written down in the future, before a clock was set back, counts as of now. */
export function createStarts(past: readonly RunRecord[], clock: Clock): Starts {
  const ofTask = new Map<string, { readonly run: string; readonly atMs: number }[]>();
  const byKey = new Map<string, { readonly run: string; readonly atMs: number }>();

  const noteAt = (task: string, run: string, idempotencyKey: string | undefined, atMs: number): void => {
    const recent = ofTask.get(task) ?? [];
    recent.push({ run, atMs });
    while (recent[0] !== undefined && isOver(recent[0].atMs)) recent.shift();
    ofTask.set(task, recent);
    if (idempotencyKey !== undefined) byKey.set(toEntry(task, idempotencyKey), { run, atMs });
    for (const [entry, { atMs: notedMs }] of byKey) {
      if (!isOver(notedMs)) break;
      byKey.delete(entry);
    }
  };
  const isOver = (atMs: number): boolean => clock.nowMs() - atMs >= dayMs;

  for (const { start } of past) {
    const agoMs = Math.max(0, clock.wallMs() - Date.parse(start.at));
    if (agoMs < dayMs) noteAt(start.task, start.run, start.idempotencyKey, clock.nowMs() - agoMs);
  }
  return {
    note: (task, run, idempotencyKey) => noteAt(task, run, idempotencyKey, clock.nowMs()),
    drop(task, run, idempotencyKey) {
      const recent = ofTask.get(task) ?? [];
      ofTask.set(
        task,
        recent.filter((start) => start.run !== run),
      );
      if (idempotencyKey !== undefined) byKey.delete(toEntry(task, idempotencyKey));
    },
    findRun(task, idempotencyKey) {
      const found = byKey.get(toEntry(task, idempotencyKey));
      return found === undefined || isOver(found.atMs) ? undefined : found.run;
    },
    secondsUntilAllowed(task, maxPerDay) {
      const recent = (ofTask.get(task) ?? []).map(({ atMs }) => atMs).filter((atMs) => !isOver(atMs));
      // By time: what a clock that was set back has written down is not in order.
      const oldestMs = recent.sort((a, b) => a - b).at(-maxPerDay);
      return oldestMs === undefined ? 0 : Math.max(1, Math.ceil((oldestMs + dayMs - clock.nowMs()) / 1000));
    },
  };
}

function toEntry(task: string, idempotencyKey: string): string {
  return `${idempotencyKey} ${task}`;
}
