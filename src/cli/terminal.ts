// What only a terminal is for: showing keys, which files and pipes would keep, and asking for passwords.
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { AppError } from '../errors.ts';

/** Throws AppError `usage` where standard output is no terminal. */
export function requireTerminal(isTerminal: boolean): void {
  if (!isTerminal) throw new AppError('usage', 'Run this in a terminal: keys are shown there only, not written into files or pipes');
}

/** Asks for a line each, in a terminal, without showing what is typed; fewer come back where somebody gave up. */
export async function askUnseen(questions: readonly string[]): Promise<readonly string[]> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true, historySize: 0 });
  terminal.once('SIGINT', () => terminal.close());
  const lines = terminal[Symbol.asyncIterator]();
  const answers: string[] = [];
  for (const question of questions) {
    process.stderr.write(question);
    const { done, value } = await lines.next();
    process.stderr.write('\n');
    if (done === true) break;
    answers.push(value);
  }
  terminal.close();
  return answers;
}
