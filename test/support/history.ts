// A history in a temporary folder, and the lines of one.
import path from 'node:path';
import { openHistory, type History } from '../../src/history/history.ts';
import type { RunEnd, RunStart } from '../../src/history/records.ts';
import { createFolder } from './daemon.ts';
import { createTestLogger, type TestLogger } from './logger.ts';

export interface TestHistory extends TestLogger {
  readonly file: string;
  readonly folder: string;
  /** Opens the history; only one can be open at a time. */
  open(): History;
}

export function createTestHistory(
  t: Parameters<typeof createFolder>[0],
  { keep = 100, folder = createFolder(t) } = {},
): TestHistory {
  const file = path.join(folder, 'history.jsonl');
  const { logger, lines } = createTestLogger();
  return {
    file,
    folder,
    logger,
    lines,
    open: () =>
      openHistory({
        filePath: file,
        keep,
        logger,
        clock: { nowMs: () => 0, wallMs: () => Date.UTC(2026, 0, 1) },
      }),
  };
}

export function createStart(run: string, parts: Partial<RunStart> = {}): RunStart {
  return {
    event: 'start',
    run,
    task: '7',
    name: 'Task',
    at: '2026-01-01T00:00:00.000Z',
    address: '192.0.2.1',
    ...parts,
  };
}

export function createEnd(run: string, parts: Partial<RunEnd> = {}): RunEnd {
  return {
    event: 'end',
    run,
    at: '2026-01-01T00:00:01.000Z',
    durationMs: 1000,
    outcome: { kind: 'succeeded', exitCode: 0 },
    ...parts,
  };
}
