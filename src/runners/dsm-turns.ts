// Starts of one task of DSM, one after the other, so that each finds its own run in DSM's history.
import { untilAborted } from '../until-aborted.ts';

/** How long a start may keep the next one waiting for its run to show. */
const longestMs = 5000;
/** DSM's history counts in seconds: starts closer together than this could get one entry between them. */
const leastMs = 1100;

export interface DsmTurn {
  /** The keys of the runs, in DSM's history, that belong to runs of ours. */
  readonly claimed: Set<string>;
  /** To be called when DSM was asked to start the task. */
  noteStart(): void;
  /** To be called when the run was found: the next one may begin, as soon as the time is another second. */
  noteFound(): void;
  /** Whether a later start of ours may just have put a run into the history that is nobody's yet. */
  isOtherSearching(): boolean;
  /** Whether no other run of ours of this task has been under way since this one was taken up. */
  isAlone(): boolean;
  /** To be called in any case: there is nothing to find any more. */
  end(): void;
}

interface Book {
  last: Promise<unknown>;
  readonly claimed: Set<string>;
  /** Who has not found the run yet; one at a time. */
  searching: symbol | undefined;
  users: number;
  /** Grows with each run that is taken up. */
  taken: number;
}

/** Makes a function that resolves when it is a task's turn, or when `stop` is aborted. */
export function createDsmTurns(): (task: string, stop: AbortSignal) => Promise<DsmTurn> {
  const books = new Map<string, Book>();
  return async (task, stop) => {
    const book: Book = books.get(task) ?? { last: Promise.resolve(), claimed: new Set(), searching: undefined, users: 0, taken: 0 };
    books.set(task, book);
    const wasAlone = book.users === 0;
    book.users++;
    const number = ++book.taken;
    const me = Symbol(task);
    const { promise: passed, resolve: pass } = Promise.withResolvers<void>();
    const previous = book.last;
    book.last = Promise.all([previous, passed]);
    await untilAborted(previous, stop);
    if (!stop.aborted) book.searching = me;
    let startedMs: number | undefined;
    const settle = (): void => {
      if (book.searching === me) book.searching = undefined;
    };
    const giveUp = (): void => {
      settle();
      pass();
    };
    return {
      claimed: book.claimed,
      noteStart() {
        startedMs = performance.now();
        setTimeout(giveUp, longestMs).unref();
      },
      noteFound() {
        settle();
        setTimeout(pass, startedMs === undefined ? 0 : Math.max(0, startedMs + leastMs - performance.now())).unref();
      },
      isOtherSearching: () => book.searching !== undefined && book.searching !== me,
      isAlone: () => wasAlone && book.taken === number,
      end() {
        giveUp();
        book.users--;
        if (book.users === 0) books.delete(task);
      },
    };
  };
}
