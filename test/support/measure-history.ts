// A process of its own that opens a full history, and prints what that takes: memory, and CPU time for the dearest page.
import fs from 'node:fs';
import { parseHistoryQuery } from '../../src/admin/history-query.ts';
import { findRuns } from '../../src/admin/run-filter.ts';
import { systemClock } from '../../src/clock.ts';
import { openHistory } from '../../src/history/history.ts';
import { renderRecord } from '../../src/history/records.ts';
import { createTestLogger } from './logger.ts';
import { toRecord } from './past.ts';

const [, , filePath = '', count = ''] = process.argv;
const runs = Number(count);
const fd = fs.openSync(filePath, 'w', 0o600);
for (let n = 0; n < runs; n++) {
  const run = `run-${n}`.padEnd(22, 'x');
  const begun = { pid: 12_345, startTicks: '123456789', bootId: '01234567-89ab-cdef-0123-456789abcdef' };
  const outcome = n % 50 === 0 ? ({ kind: 'failed', exitCode: 3 } as const) : ({ kind: 'succeeded', exitCode: 0 } as const);
  fs.writeSync(fd, renderRecord(toRecord({ run, task: `task-${n % 10}`, name: 'Lights in the hall', begun, outcome })));
}
fs.closeSync(fd);

const history = openHistory({ filePath, keep: Math.max(10, runs), logger: createTestLogger().logger, clock: systemClock });
let pageMs = 0;
for (const search of ['text=nothing', 'label=nobody', 'task=other', 'result=lost']) {
  const before = process.cpuUsage();
  findRuns(history.runs, parseHistoryQuery(new URLSearchParams(search)), 50);
  pageMs = Math.max(pageMs, process.cpuUsage(before).user / 1000);
}
const rssBytes = process.memoryUsage.rss();
await history.close();
process.stdout.write(JSON.stringify({ rssBytes, pageMs }));
