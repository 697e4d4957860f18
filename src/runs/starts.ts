// The starts within a day: `maxPerDay` counts them, and an Idempotency-Key finds them.
import { dayMs, type Clock } from '../clock.ts';
import { toBeginAt, type RunRecord } from '../history/records.ts';
import type { RememberedRuns } from '../history/remembered.ts';

export interface Starts {
  /** Adds a run that an earlier daemon left. */
  noteEarlier(run: RunRecord): void;
  /** A run was accepted; it counts at once, even if it waits for its turn. */
  note(task: string, run: string, idempotencyKey: string | undefined): void;
  /** A run begins; it counts from now. */
  begin(task: string, run: string): void;
  /** A run ended before it began, and does not count. */
  drop(task: string, run: string): void;
  /** A call with this Idempotency-Key (its digest) got a run: a repeat of the call gets that run, too. */
  noteKey(task: string, run: string, idempotencyKey: string): void;
  /** Such a call could not be recorded, and does not count. */
  dropKey(task: string, idempotencyKey: string): void;
  /** The run that a call with this Idempotency-Key got within a day. */
  findRun(task: string, idempotencyKey: string): string | undefined;
  /** In how many seconds a task may be started again, given its limit per day; 0 for now. The runs in `waiting` are not counted. */
  secondsUntilAllowed(task: string, maxPerDay: number, waiting?: ReadonlySet<string>): number;
}

/** How often a task may be started within a day, if that is limited. */
const mostPerDay = 10_000;

/** The starts of a task by their times; and those of runs that have not begun, which may still be cancelled. */
interface TaskStarts {
  begun: number[];
  readonly accepted: Map<string, number>;
}

/** Remembers the starts that the history holds beside its runs, and later ones. A start with a future time, recorded before the clock was set back, counts as of now. */
export function createStarts(past: Pick<RememberedRuns, 'joins' | 'dayStarts'>, clock: Clock): Starts {
  const ofTask = new Map<string, TaskStarts>();
  const byKey = new Map<string, { readonly run: string; readonly atMs: number }>();

  const isOver = (atMs: number): boolean => clock.nowMs() - atMs >= dayMs;
  const startsOf = (task: string): TaskStarts => {
    const starts = ofTask.get(task) ?? { begun: [], accepted: new Map<string, number>() };
    ofTask.set(task, starts);
    return starts;
  };
  const noteBegun = (task: string, atMs: number): void => {
    const starts = startsOf(task);
    if (starts.begun.push(atMs) > 2 * mostPerDay) starts.begun = starts.begun.slice(-mostPerDay);
  };
  const noteKeyAt = (task: string, run: string, idempotencyKey: string, atMs: number): void => {
    byKey.set(toEntry(task, idempotencyKey), { run, atMs });
    for (const [entry, { atMs: notedMs }] of byKey) {
      if (!isOver(notedMs)) break;
      byKey.delete(entry);
    }
  };
  /** The time of an event, if it was within a day. */
  const toPastMs = (at: string): number | undefined => {
    const agoMs = Math.max(0, clock.wallMs() - Date.parse(at));
    return agoMs < dayMs ? clock.nowMs() - agoMs : undefined;
  };

  for (const { task, at } of past.dayStarts()) {
    for (const one of at) {
      const atMs = toPastMs(one);
      if (atMs !== undefined) noteBegun(task, atMs);
    }
  }
  for (const { task, run, at, idempotencyKey } of past.joins()) {
    const atMs = toPastMs(at);
    if (atMs !== undefined) noteKeyAt(task, run, idempotencyKey, atMs);
  }
  return {
    noteEarlier(record) {
      const { task, run, at, idempotencyKey } = record.start;
      const acceptedMs = toPastMs(at);
      const beganAt = toBeginAt(record);
      const beganMs = beganAt === undefined ? undefined : toPastMs(beganAt);
      if (beganMs !== undefined) noteBegun(task, beganMs);
      if (acceptedMs !== undefined && idempotencyKey !== undefined)
        noteKeyAt(task, run, idempotencyKey, acceptedMs);
    },
    note(task, run, idempotencyKey) {
      startsOf(task).accepted.set(run, clock.nowMs());
      if (idempotencyKey !== undefined) noteKeyAt(task, run, idempotencyKey, clock.nowMs());
    },
    begin(task, run) {
      startsOf(task).accepted.delete(run);
      noteBegun(task, clock.nowMs());
    },
    drop: (task, run) => void startsOf(task).accepted.delete(run),
    noteKey: (task, run, idempotencyKey) => noteKeyAt(task, run, idempotencyKey, clock.nowMs()),
    dropKey: (task, idempotencyKey) => void byKey.delete(toEntry(task, idempotencyKey)),
    findRun(task, idempotencyKey) {
      const found = byKey.get(toEntry(task, idempotencyKey));
      return found === undefined || isOver(found.atMs) ? undefined : found.run;
    },
    secondsUntilAllowed(task, maxPerDay, waiting = new Set()) {
      const { begun, accepted } = startsOf(task);
      const recent = [
        ...begun,
        ...[...accepted].flatMap(([run, atMs]) => (waiting.has(run) ? [] : [atMs])),
      ].filter((atMs) => !isOver(atMs));
      // Sorted by time, because starts recorded before and after the clock was set back are not in order.
      const oldestMs = recent.sort((a, b) => a - b).at(-maxPerDay);
      return oldestMs === undefined ? 0 : Math.max(1, Math.ceil((oldestMs + dayMs - clock.nowMs()) / 1000));
    },
  };
}

function toEntry(task: string, idempotencyKey: string): string {
  return `${idempotencyKey} ${task}`;
}
