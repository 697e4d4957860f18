// Mistakes of our own while something that came from a client is handled: they end that connection, and nothing else.
import type { Server } from 'node:http';
import { Duplex } from 'node:stream';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';

/**
 * Catches what the listeners of a server throw, whichever event they listen to, and cuts the connection that the event is about.
 * In one place, so that it holds for listeners to come.
 */
export function catchListenerBugs(server: Server, logger: Logger): void {
  const emit = server.emit.bind(server);
  Object.assign(server, {
    emit(event: string, ...given: readonly unknown[]): boolean {
      try {
        return emit(event, ...given);
      } catch (error) {
        const connection = given.map(toConnection).find((found) => found !== undefined);
        // An event of the server itself, as that it cannot listen: for its caller.
        if (connection === undefined) throw error;
        logBug(logger, error, 'A connection was cut');
        connection.destroy();
        return true;
      }
    },
  });
}

/** The connection that an argument of an event is, or belongs to. */
function toConnection(given: unknown): Duplex | undefined {
  if (given instanceof Duplex) return given;
  return typeof given === 'object' && given !== null && 'socket' in given && given.socket instanceof Duplex ? given.socket : undefined;
}
