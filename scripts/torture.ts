// `npm run torture`: kills the daemon 200 times at random moments, and checks what it promised. `--seed N` repeats the choices of a run, `--kills N` takes another number, `--sources` runs the sources as they are.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findPort } from './bench/servers.ts';
import { createDisk } from './full-disk.ts';
import { renderReport } from './torture/report.ts';
import { torture } from './torture/rounds.ts';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string' },
    kills: { type: 'string', default: '200' },
    sources: { type: 'boolean', default: false },
  },
});
const seed = Number(options.seed ?? Date.now() % 1_000_000);
const kills = Number(options.kills);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(kills) || kills < 1)
  throw new Error('Give whole numbers to --seed and --kills');

const root = path.join(import.meta.dirname, '..');
const command = options.sources
  ? [process.execPath, path.join(root, 'src/main.ts')]
  : [path.join(root, 'bin/remotetask')];
const own = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-torture-'));
const folder = path.join(own, 'data');
const disk = createDisk(folder, 24);

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

let isClean = false;
try {
  console.log(
    `Node ${process.version}, ${kills} kills, --seed ${seed}; the disk that fills is ${disk.what}.`,
  );
  const result = await torture({
    place: { folder, port: await findPort(), traceFile: path.join(own, 'traces') },
    command,
    disk,
    seed,
    kills,
    stop: stop.signal,
    onProgress: (line) => console.log(line),
  });
  console.log(`\n${renderReport(result)}`);
  isClean = result.violations.length === 0;
} finally {
  if (!isClean)
    fs.cpSync(folder, path.join(own, 'kept'), {
      recursive: true,
      filter: (file) => !/filler$|\.sock|control/.test(file),
    });
  disk.remove();
  if (isClean) fs.rmSync(own, { recursive: true, force: true });
  else console.log(`What was left is in ${own}.`);
}
process.exitCode = isClean ? 0 : 1;
