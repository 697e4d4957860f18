// Prints 10,000 lines a second for so many seconds, and at last writes down how many milliseconds that took.
import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const [seconds = '', file = ''] = process.argv.slice(2);
const tickMs = 10;
const linesPerTick = 100;
const startMs = performance.now();
for (let tick = 0; tick < (Number(seconds) * 1000) / tickMs; tick++) {
  const lines = Array.from(
    { length: linesPerTick },
    (_, i) => `line ${tick * linesPerTick + i} of a task that has a lot to say\n`,
  );
  fs.writeSync(1, lines.join(''));
  const earlyMs = startMs + (tick + 1) * tickMs - performance.now();
  if (earlyMs > 0) await pause(earlyMs);
}
fs.writeFileSync(file, String(performance.now() - startMs));
