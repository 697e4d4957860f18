// Requests without an answer: how many a connection may send ahead, alone and in a crowd.
import type { Connection } from './connection.ts';
import type { Crowd } from './crowd.ts';
import type { Turns } from './turns.ts';

/** How many requests of one connection may be unanswered, or arrive in one turn of the event loop; browsers and curl send one at a time. */
const maxAhead = 32;
/** The same limit in a crowd: memory and turns of the event loop are then reserved for clients that send one request at a time. */
const maxAheadInCrowd = 2;
/** There is a crowd in a rush, when over half of all places are taken, or when more requests than this are unanswered or arrive in a turn. */
const crowdUnanswered = 512;
const crowdInTurn = 256;

export interface Unanswered {
  /** Counts a request; returns whether its connection has sent too many. */
  add(connection: Connection): boolean;
  /** Counts an answer. */
  remove(connection: Connection): void;
  /** Counts no longer what a closed connection has left unanswered. */
  forget(connection: Connection): void;
}

export function createUnanswered(
  crowd: Pick<Crowd<Connection>, 'isDense'>,
  turns: Pick<Turns, 'countRequest' | 'requests' | 'isRush'>,
): Unanswered {
  let inAll = 0;
  const isCrowd = (): boolean =>
    inAll > crowdUnanswered || turns.requests() > crowdInTurn || crowd.isDense() || turns.isRush();
  return {
    add(connection) {
      inAll++;
      const ahead = countRequest(connection, turns.countRequest());
      return ahead > maxAhead || (ahead > maxAheadInCrowd && isCrowd());
    },
    remove(connection) {
      connection.unanswered--;
      inAll--;
    },
    forget(connection) {
      inAll -= connection.unanswered;
    },
  };
}

/** Counts a request of this turn of the event loop. Returns how many requests are unanswered or arrived in this turn, whichever is more. */
function countRequest(connection: Connection, turn: number): number {
  connection.unanswered++;
  connection.inTurn = connection.turn === turn ? connection.inTurn + 1 : 1;
  connection.turn = turn;
  return Math.max(connection.unanswered, connection.inTurn);
}
