// What happens in a terminal only: showing keys, because files and pipes would keep them, and asking for passwords.
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { AppError } from '../errors.ts';

/** Throws AppError `usage` if standard output is not a terminal. */
export function requireTerminal(isTerminal: boolean): void {
  if (!isTerminal)
    throw new AppError(
      'usage',
      'Run this in a terminal: keys are shown there only, not written into files or pipes',
    );
}

/** Asks for lines in a terminal, without showing what is typed. */
export interface UnseenPrompt {
  /** The typed line; undefined if the user gave up. */
  ask(question: string): Promise<string | undefined>;
  close(): void;
}

/** Opens the terminal for questions. To be closed after the last one. */
export function openUnseenPrompt(): UnseenPrompt {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true, historySize: 0 });
  terminal.once('SIGINT', () => terminal.close());
  const lines = terminal[Symbol.asyncIterator]();
  return {
    async ask(question) {
      process.stderr.write(question);
      const { done, value } = await lines.next();
      process.stderr.write('\n');
      return done === true ? undefined : value;
    },
    close: () => terminal.close(),
  };
}
