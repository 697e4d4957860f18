// `remotetask admin password`: reads a password and prints its hash for the config.
import { text } from 'node:stream/consumers';
import { hashPassword } from '../admin/gate/password.ts';
import { AppError } from '../errors.ts';
import type { Command } from './command.ts';
import { openUnseenPrompt } from './terminal.ts';

/** Guessing is slow, so this is long enough for a password that is used only here. */
const minLength = 10;
/** The sign-in form accepts no longer password. */
const maxLength = 256;

export const adminPassword: Command = {
  name: 'admin password',
  summary: 'Asks for a password, or reads a line, and shows its hash for `admin.password`',
  async run({ isTerminal }) {
    const password = process.stdin.isTTY ? await askTwice() : await loadLine();
    const problem = findProblem(password);
    if (problem !== undefined) throw new AppError('usage', problem);
    console.log(await hashPassword(password));
    if (isTerminal) console.log('Give it as admin.password, with admin.gate "password".');
    return 0;
  },
};

/** Asks until the same usable password has been typed twice. */
async function askTwice(): Promise<string> {
  const prompt = openUnseenPrompt();
  try {
    for (;;) {
      const first = await prompt.ask('Password for the admin page: ');
      const problem = first === undefined ? undefined : findProblem(first);
      const second = problem === undefined && first !== undefined ? await prompt.ask('Once more: ') : '';
      if (first === undefined || second === undefined) throw new AppError('usage', 'No password was typed');
      if (first === second) return first;
      console.error(`${problem ?? 'These were two different passwords'}. Please type it again.`);
    }
  } finally {
    prompt.close();
  }
}

/** Why a password cannot be used. */
function findProblem(password: string): string | undefined {
  if (/\p{Cc}/u.test(password)) return 'Leave out control characters: no form could send them';
  if (password.length < minLength) return `Choose a longer password: ${minLength} characters at least`;
  if (password.length > maxLength) return `Choose a shorter password: ${maxLength} characters at most`;
  return undefined;
}

async function loadLine(): Promise<string> {
  const [line = '', ...more] = (await text(process.stdin)).replace(/\r?\n$/, '').split('\n');
  if (more.length > 0) throw new AppError('usage', 'Give the password as one line: there are several');
  return line;
}
