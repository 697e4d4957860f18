// `remotetask admin password`: reads a password and prints its hash for the config.
import { text } from 'node:stream/consumers';
import { hashPassword } from '../admin/gate/password.ts';
import { AppError } from '../errors.ts';
import type { Command } from './command.ts';
import { askUnseen } from './terminal.ts';

/** Guessing is slow, so this is long enough for a password that is used only here. */
const minLength = 10;
/** The sign-in form accepts no longer password. */
const maxLength = 256;

export const adminPassword: Command = {
  name: 'admin password',
  summary: 'Asks for a password, or reads a line, and shows its hash for `admin.password`',
  async run({ isTerminal }) {
    const password = process.stdin.isTTY ? await askTwice() : await loadLine();
    if (/\p{Cc}/u.test(password))
      throw new AppError('usage', 'Leave out control characters: no form could send them');
    if (password.length < minLength)
      throw new AppError('usage', `Choose a longer password: ${minLength} characters at least`);
    if (password.length > maxLength)
      throw new AppError('usage', `Choose a shorter password: ${maxLength} characters at most`);
    console.log(await hashPassword(password));
    if (isTerminal) console.log('Give it as admin.password, with admin.gate "password".');
    return 0;
  },
};

async function askTwice(): Promise<string> {
  const [first, second] = await askUnseen(['Password for the admin page: ', 'Once more: ']);
  if (first === undefined || second === undefined) throw new AppError('usage', 'No password was typed');
  if (first !== second) throw new AppError('usage', 'Type the same password twice: these were two');
  return first;
}

async function loadLine(): Promise<string> {
  const [line = '', ...more] = (await text(process.stdin)).replace(/\r?\n$/, '').split('\n');
  if (more.length > 0) throw new AppError('usage', 'Give the password as one line: there are several');
  return line;
}
