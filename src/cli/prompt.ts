// Questions in a terminal.
import { createInterface } from 'node:readline';
import { AppError } from '../errors.ts';

/** Asks questions; each resolves with the trimmed answer, which is '' if nothing was typed, or if there is nothing more to read. */
export interface Prompt {
  /** Throws AppError `usage` if Ctrl-C was typed. */
  ask(question: string): Promise<string>;
  /** The same for a question to be answered by yes or no; anything but yes is no. */
  confirm(question: string): Promise<boolean>;
  close(): void;
}

/** Opens the terminal for questions. To be closed after the last one. */
export function openPrompt(): Prompt {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, historySize: 0 });
  const lines = terminal[Symbol.asyncIterator]();
  let isGivenUp = false;
  terminal.once('SIGINT', () => {
    isGivenUp = true;
    terminal.close();
  });
  const ask = async (question: string): Promise<string> => {
    terminal.setPrompt(question);
    terminal.prompt();
    const { done, value } = await lines.next();
    if (done === true) console.log();
    if (isGivenUp) throw new AppError('usage', 'Given up; nothing was changed');
    return done === true ? '' : value.trim();
  };
  return {
    ask,
    confirm: async (question) => /^y(?:es)?$/i.test(await ask(`${question} [y/N] `)),
    close: () => terminal.close(),
  };
}
