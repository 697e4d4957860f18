// `npm run fuzz [-- SECONDS [TARGET...]]`: gives each target texts that it was not made for. What reaches new parts of the program, as V8 counts
// them, is kept and changed further. The first text that makes a target throw, or take longer than a second, is printed with its seed.
import { Session } from 'node:inspector';
import { change, createRandom } from './fuzz/change.ts';
import { targets, type FuzzTarget } from './fuzz/targets.ts';

const [seconds = '60', ...wanted] = process.argv.slice(2);
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);
/** How many texts run between two looks at the coverage: a look costs as much as many texts. */
const batch = 200;
const slowMs = 1000;

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** The parts of our sources that have run for the first time since the last look. */
function countNew(): number {
  let count = 0;
  session.post('Profiler.takePreciseCoverage', (error, { result } = { result: [] }) => {
    if (error !== null) throw error;
    for (const { url, functions } of result) {
      if (!url.includes('/src/')) continue;
      for (const { functionName, ranges } of functions)
        for (const { startOffset, endOffset, count: runs } of ranges) {
          const part = `${url} ${functionName} ${startOffset} ${endOffset}`;
          if (runs === 0 || seen.has(part)) continue;
          seen.add(part);
          count++;
        }
    }
  });
  return count;
}
const seen = new Set<string>();

/** Why a text is a finding; undefined if it is none. */
function tryText(target: FuzzTarget, text: string): string | undefined {
  try {
    const beginMs = performance.now();
    target.run(text);
    if (performance.now() - beginMs < slowMs) return undefined;
    // On a busy machine the process may only have waited: the work itself is measured.
    const used = process.cpuUsage();
    target.run(text);
    const tookMs = toCpuMs(process.cpuUsage(used));
    return tookMs < slowMs ? undefined : `It took ${Math.round(tookMs)} ms`;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function toCpuMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

function fuzz(name: string, target: FuzzTarget): boolean {
  const random = createRandom(seed);
  const known = [...target.samples];
  const endMs = performance.now() + Number(seconds) * 1000;
  let texts = 0;
  const used = process.cpuUsage();
  while (performance.now() < endMs) {
    const tried = Array.from({ length: batch }, () => change(known, random));
    for (const text of tried) {
      const problem = tryText(target, text);
      texts++;
      if (problem === undefined) continue;
      console.error(`${name}, seed ${seed}: ${JSON.stringify(text)}\n${problem}`);
      return false;
    }
    // One of them is new: all are kept, the oldest give way.
    if (countNew() > 0) known.push(...tried);
    if (known.length > 5000) known.splice(target.samples.length, known.length - 5000);
  }
  const cpuSeconds = Math.round(toCpuMs(process.cpuUsage(used)) / 1000);
  console.log(
    `${name}, seed ${seed}: ${texts.toLocaleString('en')} texts in ${cpuSeconds} s of CPU time, ${seen.size} parts of the program, no findings`,
  );
  return true;
}

for (const [name, target] of Object.entries(targets))
  if ((wanted.length === 0 || wanted.includes(name)) && !fuzz(name, target)) process.exitCode = 1;
