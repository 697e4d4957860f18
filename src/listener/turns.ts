// Turns of the event loop: how many requests arrive in one, and a queue that keeps them short in a flood. Each turn accepts one connection, so that a newcomer waits for as many turns as there are others before it.
import { performance } from 'node:perf_hooks';

/** How many requests may arrive in one turn before connections have to queue for their next one: as usual, and in a rush. */
const enoughForOneTurn = 64;
const enoughInRush = 4;
/** How many connections of the queue are read again in each turn. */
const readInTurn = 4;
/** There is a rush when so many more turns accepted a connection than did not, until no connection has come for some time. */
const rush = 32;
const rushMs = 100;

/** What a connection needs to queue. */
interface Readable {
  pause(): unknown;
  resume(): unknown;
}

export interface Turns {
  /** Counts a new connection. */
  countConnection(): void;
  /** Counts a request, and returns the number of the turn in which it arrived. */
  countRequest(): number;
  /** How many requests arrived in the last turn that had any. */
  requests(): number;
  /** Whether new connections come as fast as they can be accepted, so that others probably wait for that. */
  isRush(): boolean;
  /** Stops reading a connection until its turn comes, if there is a queue or this turn had enough requests. */
  queue(socket: Readable): void;
  /** Removes a connection that has been closed. */
  drop(socket: Readable): void;
}

export function createTurns(): Turns {
  const waiting = new Set<Readable>();
  const readTurn = (): number => performance.nodeTiming.uvMetricsInfo.loopCount;
  let turn = 0;
  /** Whether `turn` is the current one: asking for its number at each request would cost more than all else here. */
  let isCurrent = false;
  let requests = 0;
  /** By how much, in the turn `newcomersTurn`, the turns that accepted a connection outnumbered the others of late. */
  let newcomers = 0;
  let newcomersTurn = 0;
  let newcomersMs = 0;
  let isScheduled = false;
  const countNewcomers = (now: number): number =>
    performance.now() - newcomersMs < rushMs ? Math.max(0, newcomers - (now - newcomersTurn)) : 0;
  const isRush = (): boolean => {
    if (newcomers <= rush) return false;
    const left = countNewcomers(readTurn());
    // A rush that is over is not looked at again.
    if (left === 0) newcomers = 0;
    return left > rush;
  };
  const schedule = (): void => {
    if (!isScheduled) setImmediate(endTurn);
    isScheduled = true;
  };
  const leaveTurn = (): void => {
    isCurrent = false;
  };
  const endTurn = (): void => {
    isScheduled = false;
    let left = readInTurn;
    for (const socket of waiting) {
      if (left-- === 0) break;
      waiting.delete(socket);
      socket.resume();
    }
    if (waiting.size > 0) schedule();
  };
  return {
    countConnection() {
      const now = readTurn();
      newcomers = Math.min(2 * rush, countNewcomers(now) + 2);
      newcomersTurn = now;
      newcomersMs = performance.now();
    },
    countRequest() {
      if (isCurrent) requests++;
      else {
        const now = readTurn();
        requests = now === turn ? requests + 1 : 1;
        turn = now;
        isCurrent = true;
        setImmediate(leaveTurn);
      }
      return turn;
    },
    requests: () => requests,
    isRush,
    queue(socket) {
      if (waiting.size === 0 && requests <= (isRush() ? enoughInRush : enoughForOneTurn)) return;
      socket.pause();
      waiting.add(socket);
      schedule();
    },
    drop: (socket) => void waiting.delete(socket),
  };
}
