// Makes starts of the same task of DSM wait for each other, so that each finds its own run in DSM's history.
import { untilAborted } from '../until-aborted.ts';

/** How long a start may delay the next one while its run does not show up. */
const longestMs = 5000;
/** DSM's history counts in seconds: starts closer together than this could share one entry. */
const leastMs = 1100;

export interface DsmTurn {
  /** The keys of our own runs in DSM's history. */
  readonly claimed: Set<string>;
  /** To be called when DSM has been asked to start the task. */
  noteStart(): void;
  /** To be called when the run was found: the next one may begin in the next second. */
  noteFound(): void;
  /** Whether a later start of ours may just have added a run to the history that is not assigned yet. */
  isOtherSearching(): boolean;
  /** Whether no other run of ours of this task has been active since this one began. */
  isAlone(): boolean;
  /** Must always be called at the end: the run no longer searches. */
  end(): void;
}

interface Entry {
  last: Promise<unknown>;
  readonly claimed: Set<string>;
  /** The start that has not found its run yet; one at a time. */
  searching: symbol | undefined;
  users: number;
  /** Grows with each new run. */
  taken: number;
}

/** Creates a function that resolves when it is a task's turn, or when `stop` is aborted. */
export function createDsmTurns(): (task: string, stop: AbortSignal) => Promise<DsmTurn> {
  const entries = new Map<string, Entry>();
  return async (task, stop) => {
    const entry: Entry = entries.get(task) ?? {
      last: Promise.resolve(),
      claimed: new Set(),
      searching: undefined,
      users: 0,
      taken: 0,
    };
    entries.set(task, entry);
    const wasAlone = entry.users === 0;
    entry.users++;
    const number = ++entry.taken;
    const me = Symbol(task);
    const { promise: passed, resolve: pass } = Promise.withResolvers<void>();
    const previous = entry.last;
    entry.last = Promise.all([previous, passed]);
    await untilAborted(previous, stop);
    if (!stop.aborted) entry.searching = me;
    let startedMs: number | undefined;
    const settle = (): void => {
      if (entry.searching === me) entry.searching = undefined;
    };
    const giveUp = (): void => {
      settle();
      pass();
    };
    return {
      claimed: entry.claimed,
      noteStart() {
        startedMs = performance.now();
        setTimeout(giveUp, longestMs).unref();
      },
      noteFound() {
        settle();
        setTimeout(
          pass,
          startedMs === undefined ? 0 : Math.max(0, startedMs + leastMs - performance.now()),
        ).unref();
      },
      isOtherSearching: () => entry.searching !== undefined && entry.searching !== me,
      isAlone: () => wasAlone && entry.taken === number,
      end() {
        giveUp();
        entry.users--;
        if (entry.users === 0) entries.delete(task);
      },
    };
  };
}
