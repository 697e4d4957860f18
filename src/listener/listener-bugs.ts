// Bugs of our own while handling something from a client: they end that connection, and nothing else.
import type { Server } from 'node:http';
import { Duplex } from 'node:stream';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';

/**
 * Catches what the event listeners of a server throw, for every event, and cuts the connection that the event is about.
 * It is done in one place, so that it also covers listeners added later.
 */
export function catchListenerBugs(server: Server, logger: Logger): void {
  const emit = server.emit.bind(server);
  Object.assign(server, {
    emit(event: string, ...given: readonly unknown[]): boolean {
      try {
        return emit(event, ...given);
      } catch (error) {
        const connection = given.map(toConnection).find((found) => found !== undefined);
        // An event of the server itself, for example that it cannot listen, belongs to the server's caller.
        if (connection === undefined) throw error;
        logBug(logger, error, 'A connection was cut');
        connection.destroy();
        return true;
      }
    },
  });
}

/** The connection that an event's argument is or belongs to. */
function toConnection(given: unknown): Duplex | undefined {
  if (given instanceof Duplex) return given;
  return typeof given === 'object' && given !== null && 'socket' in given && given.socket instanceof Duplex
    ? given.socket
    : undefined;
}
