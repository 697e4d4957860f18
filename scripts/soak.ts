// `npm run soak`: the built program under what it has to bear for long: much output, many runs, a full disk. `--quick` takes a minute instead of three.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { renderTable, toNote, type Row } from './bench/report.ts';
import { fillDisk } from './soak/disk.ts';
import { countManyRuns } from './soak/many.ts';
import { measureBytes, measureLines } from './soak/output.ts';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const effort = options.quick ? { seconds: 12, gigabytes: 1 } : { seconds: 60, gigabytes: 10 };

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-soak-'));

async function main(): Promise<void> {
  console.log(
    `Node ${process.version}, ${os.cpus().length} cores of ${os.cpus()[0]?.model ?? 'unknown kind'}.`,
  );
  const rows: Row[] = [];
  const parts = [
    async () => await measureLines(folder, effort),
    async () => await countManyRuns(folder),
    async () => await fillDisk(folder),
    async () => await measureBytes(folder, effort),
  ];
  for (const measure of parts) {
    const measured = await measure();
    rows.push(...measured);
    console.log(`\n${renderTable(measured)}`);
  }
  console.log(
    `\n${renderTable([toNote('The clock set back and forth by a day', 'held by `npm test`, with a clock in hand')])}`,
  );
  if (rows.some(({ holds }) => holds === false)) process.exitCode = 1;
}

try {
  await main();
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
