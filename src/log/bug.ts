// Logs a bug of ours: one event for all bugs, so that the owner can find and report them.
import { renderBug } from '../bug.ts';
import type { Logger } from './log.ts';

/** Logs what was thrown; `what` is a sentence on what could not be done. Never throws, so that a broken logger does no further harm. */
export function logBug(
  logger: Logger,
  thrown: unknown,
  what: string,
  more: Readonly<Record<string, string>> = {},
): void {
  const message = `${what}, which is a mistake in remotetask: please report it`;
  try {
    logger.error({ event: 'bug', ...more, stack: renderBug(thrown) }, message);
  } catch {
    console.error(message);
  }
}
