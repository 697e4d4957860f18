// A logger for commands: it writes nothing, and keeps what was told, so that the command can say of it what matters.
import pino, { type Logger } from 'pino';

export interface Notes {
  readonly logger: Logger;
  /** Whether an event was told of with this number. */
  has(event: string, code: number): boolean;
}

export function createNotes(): Notes {
  const told = new Set<string>();
  const write = (line: string): void => {
    const { event, code } = JSON.parse(line);
    told.add(`${event} ${code}`);
  };
  return { logger: pino({ base: null, serializers: {} }, { write }), has: (event, code) => told.has(`${event} ${code}`) };
}
