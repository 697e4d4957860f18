// Starts one command many times at once, in a process of its own whose limits the test has set, and prints the outcomes.
import { startCommand } from '../../src/runners/command.ts';
import { createPipes } from '../../src/processes/pipes.ts';
import { createTestLogger } from './logger.ts';

const [times = '1', ...argv] = process.argv.slice(2);
const io = {
  run: 'test-run',
  onOutput: () => {},
  stop: new AbortController().signal,
  stopSignal: 'SIGTERM',
  graceMs: 1000,
} as const;
const startAll = async (n: number): Promise<unknown[]> =>
  await Promise.all(
    Array.from(
      { length: n },
      async () => await startCommand({ argv, cwd: '/', env: {}, user: undefined }, io, pipes).ended,
    ),
  );
const pipes = createPipes('/start-many', createTestLogger().logger);
const outcomes = await startAll(Number(times));
const [afterwards] = await startAll(1);
pipes.close();
console.log(JSON.stringify({ outcomes, afterwards }));
