// How the program was called, for messages that name a command to type.
import path from 'node:path';
import { isExecutable, programFile } from './program-file.ts';

/**
 * The words before the command's name. The launcher `bin/remotetask` passes the word that it was called by in REMOTETASK_CALLED;
 * without the launcher, a checkout is run by `node src/main.ts`.
 */
export function toCalled(programFile: string, env: NodeJS.ProcessEnv, folder: string | undefined): string {
  const word = env['REMOTETASK_CALLED'];
  if (word === 'npx remotetask') return word;
  if (word !== undefined && word !== '') return quoteWord(word);
  if (!/(?:^|\/)(?:main\.ts|remotetask\.cjs)$/.test(programFile)) return 'remotetask';
  const near = folder === undefined ? programFile : path.relative(folder, programFile);
  return `node ${quoteWord(near.startsWith('..') ? programFile : near)}`;
}

/** The folder that the program was called in; undefined if it no longer exists. */
export function findFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** How this process was called. */
export const called: string = isExecutable
  ? quoteWord(process.env['REMOTETASK_CALLED'] ?? process.argv[1] ?? '')
  : toCalled(programFile, process.env, findFolder());

/** A command of this program in backquotes, to be typed as it stands: its name as it was called, and these words. */
export function toTyped(words: string): string {
  return `\`${called} ${words}\``;
}

/** Text as one word for sh. */
export function quoteWord(text: string): string {
  return /^[\w./=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
