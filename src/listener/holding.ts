// The places that admitted calls hold until they are answered: those of starts, and those of visits, which are served at a pace.
import type { ServerResponse } from 'node:http';
import { isStarting, type Connection, type Held } from './connection.ts';
import { createPace } from './pace.ts';
import { createPlaces } from './places.ts';

export interface Holding {
  /**
   * Holds a place for a call until it is answered. The signal is aborted when the call should be answered at once: because its
   * place is needed, or because the client is gone, or may be.
   */
  hold(connection: Connection, response: ServerResponse, kind: 'start' | 'visit'): AbortSignal;
  /** Serves a visit as soon as its turn has come, or never if its connection is closed before. */
  serveInTurn(response: ServerResponse, serve: () => void): void;
  /** Gives back all places of a connection that has been closed. */
  endAll(connection: Connection): void;
}

/** While a start holds a place, its connection is not part of the crowd, and never gives way: `leaveCrowd` and `joinCrowd` see to that. */
export function createHolding({
  maxStarts,
  maxVisits,
  leaveCrowd,
  joinCrowd,
}: {
  readonly maxStarts: number;
  readonly maxVisits: number;
  readonly leaveCrowd: (connection: Connection) => void;
  readonly joinCrowd: (connection: Connection) => void;
}): Holding {
  const starts = createPlaces(maxStarts);
  const visits = createPlaces(maxVisits);
  const pace = createPace();
  const giveBack = (connection: Connection, held: Held): void => {
    if (!connection.held.includes(held)) return;
    connection.held = connection.held.filter((other) => other !== held);
    (held.isStart ? starts : visits).giveBack(held);
    if (held.isStart && connection.isOpen && !isStarting(connection)) joinCrowd(connection);
  };
  return {
    hold(connection, response, kind) {
      const leaving = new AbortController();
      const isStart = kind === 'start';
      const end = (): void => leaving.abort('gone');
      const leave = isStart ? end : (): void => pace.add(held, end);
      const held: Held = { isStart, response, leave, end, destroy: () => connection.socket.destroy() };
      connection.held = [...connection.held, held];
      if (isStart) leaveCrowd(connection);
      response.once('finish', () => giveBack(connection, held));
      (isStart ? starts : visits).take(held);
      if (connection.socket.readableEnded) leave();
      return leaving.signal;
    },
    serveInTurn: pace.add,
    endAll(connection) {
      for (const held of connection.held) {
        giveBack(connection, held);
        for (const key of [held, held.response]) pace.drop(key);
        held.end();
      }
    },
  };
}
