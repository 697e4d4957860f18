// The command line in the process of the test: a tenth of the work of a process of its own. What is printed is caught for each call,
// also where several are made at once.
import { AsyncLocalStorage } from 'node:async_hooks';
import { format } from 'node:util';
import { runCli as runInProcess } from '../../src/cli/cli.ts';
import { runCli, type CliResult } from './cli.ts';

interface Printed {
  stdout: string;
  stderr: string;
}

const printing = new AsyncLocalStorage<Printed>();
const { log, error } = console;
console.log = (...values: unknown[]): void => {
  const printed = printing.getStore();
  if (printed === undefined) log(...values);
  else printed.stdout += `${format(...values)}\n`;
};
console.error = (...values: unknown[]): void => {
  const printed = printing.getStore();
  if (printed === undefined) error(...values);
  else printed.stderr += `${format(...values)}\n`;
};
// As the launcher calls it.
process.env['REMOTETASK_CALLED'] = 'remotetask';
// Each call watches the output.
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);

/** Runs a command that prints by `console` and asks for nothing; with its output in pipes, as it were. */
export async function callCli(args: readonly string[]): Promise<CliResult> {
  // Someone runs this test by hand, and the command would print for that terminal.
  if (process.stdout.isTTY || process.stderr.isTTY) return await runCli(args);
  const printed: Printed = { stdout: '', stderr: '' };
  const status = await printing.run(printed, async () => await runInProcess(args));
  return { status: status ?? null, signal: null, ...printed };
}
