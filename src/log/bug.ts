// Logging a mistake of our own: one event for all of them, so that the owner can find and report it.
import { renderBug } from '../bug.ts';
import type { Logger } from './log.ts';

/** Logs what was thrown; `what` says in a sentence what could not be done. Throws nothing, so that a broken logger does no further harm. */
export function logBug(logger: Logger, thrown: unknown, what: string, more: Readonly<Record<string, string>> = {}): void {
  const message = `${what}, which is a mistake in remotetask: please report it`;
  try {
    logger.error({ event: 'bug', ...more, stack: renderBug(thrown) }, message);
  } catch {
    console.error(message);
  }
}
