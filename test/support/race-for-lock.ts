// A process that takes the lock of a history on a signal of the test, and keeps it until its input ends.
import { once } from 'node:events';
import { AppError } from '../../src/errors.ts';
import { lockHistory } from '../../src/history/lock.ts';

process.stdout.write('ready\n');
await once(process.stdin, 'data');
try {
  const unlock = lockHistory(process.argv[2] ?? '');
  process.stdout.write('locked\n');
  process.stdin.on('end', unlock);
} catch (error) {
  process.stdout.write(`${error instanceof AppError ? error.code : String(error)}\n`);
}
process.stdin.resume();
