// Keys are shown to people only, never to files and pipes that keep them.
import { AppError } from '../errors.ts';

/** Throws AppError `usage` where standard output is no terminal. */
export function requireTerminal(isTerminal: boolean): void {
  if (!isTerminal) throw new AppError('usage', 'Run this in a terminal: keys are shown there only, not written into files or pipes');
}
