// Standard output that cannot be written: a full disk is an error, a reader that left is the end.
import { AppError, toErrorCode } from '../errors.ts';

/** As the shell counts what ended by SIGPIPE. */
const readerLeft = 141;

/** Ends the process if standard output cannot be written; `onError` shows why. A reader that left, such as `head`, is no error. */
export function watchOutput(onError: (error: AppError) => void): void {
  process.stdout.on('error', (error) => {
    const code = toErrorCode(error);
    if (code === 'EPIPE') process.exit(readerLeft);
    const shown = new AppError('output-unwritable', `Cannot write to standard output (${code})`);
    onError(shown);
    process.exit(shown.exitStatus);
  });
  // Without standard error, nothing can be reported.
  process.stderr.on('error', () => {});
}
