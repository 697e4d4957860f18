// A logger for commands that report what they find themselves: it writes nothing.
import pino, { type Logger } from 'pino';

export function createNoLog(): Logger {
  return pino({ level: 'silent' }, { write: () => {} });
}
