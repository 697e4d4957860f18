// A logger for commands: it prints nothing, but keeps what was logged, so that the command can print what matters.
import pino, { type Logger } from 'pino';

export interface Notes {
  readonly logger: Logger;
  /** Whether an event with this number was logged. */
  has(event: string, code: number): boolean;
}

export function createNotes(): Notes {
  const told = new Set<string>();
  const write = (line: string): void => {
    const { event, code } = JSON.parse(line);
    told.add(`${event} ${code}`);
  };
  return {
    logger: pino({ base: null, serializers: {} }, { write }),
    has: (event, code) => told.has(`${event} ${code}`),
  };
}
