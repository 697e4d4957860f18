// A logger that keeps its lines, for tests of what writes to one.
import pino from 'pino';
import type { Logger } from '../../src/log/log.ts';

export interface TestLogger {
  readonly logger: Logger;
  /** The lines so far, as objects. */
  readonly lines: Record<string, unknown>[];
}

/** A logger into memory. */
export function createTestLogger(): TestLogger {
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    { base: null },
    { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return { logger, lines };
}
