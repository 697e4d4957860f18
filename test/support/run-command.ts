// Runs a command by its runner and keeps what it printed.
import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import type { Outcome } from '../../src/outcome.ts';
import { startCommand, type Command } from '../../src/runners/command.ts';
import type { Pipes } from '../../src/processes/pipes.ts';
import { createTestPipes } from './pipes.ts';
import { withoutCode } from './outcome.ts';

export interface CommandRun {
  readonly pid: number | undefined;
  readonly ended: Promise<Outcome>;
  /** What it printed so far. */
  printed(): string;
  /** Stops it, as a time-out would. */
  stop(): void;
}

const pipes = createTestPipes();
const groups = new Set<number>();
after(() => {
  for (const pid of groups) process.kill(-pid, 'SIGKILL');
});

/** Starts a command, which is ended with the test file at the latest; by default it runs in "/" and adds nothing to the environment. */
export function runCommand(
  argv: readonly string[],
  parts: Partial<Command> & { graceMs?: number; pipes?: Pick<Pipes, 'open'> } = {},
): CommandRun {
  const stop = new AbortController();
  const chunks: Uint8Array[] = [];
  const execution = startCommand(
    { argv, cwd: '/', env: {}, user: undefined, ...parts },
    {
      run: randomUUID(),
      onOutput: (chunk) => void chunks.push(Buffer.from(chunk)),
      stop: stop.signal,
      stopSignal: 'SIGTERM',
      graceMs: parts.graceMs ?? 60_000,
    },
    parts.pipes ?? pipes,
  );
  const ended = execution.ended.then(withoutCode);
  const pid = execution.process?.pid;
  if (pid !== undefined) {
    groups.add(pid);
    void ended.then(() => groups.delete(pid));
  }
  return { pid, ended, printed: () => Buffer.concat(chunks).toString(), stop: () => stop.abort() };
}

/** The same for a shell script, which is given on the command line. */
export function runScript(script: string, parts?: Parameters<typeof runCommand>[1]): CommandRun {
  return runCommand(['/bin/sh', '-c', script], parts);
}
