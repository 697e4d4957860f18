// Standard output that cannot be written: a full disk is an error, a reader that left is the end.
import { AppError, toErrorCode } from '../errors.ts';
import { watchPipeReaders } from '../processes/pipe-readers.ts';

/** As the shell counts what ended by SIGPIPE. */
const readerLeft = 141;

/** Takes back what was made for an output that was not shown; the sentences explain what became of it. */
type Undo = () => Promise<readonly string[]>;
let undoLost: Undo | undefined;

/** Ends the process if standard output cannot be written; `onError` shows why. A reader that left, such as `head`, is no error. */
export function watchOutput(onError: (error: AppError) => void): void {
  const end = async (code: string): Promise<void> => {
    const details = (await undoLost?.()) ?? [];
    if (code === 'EPIPE' && details.length === 0) process.exit(readerLeft);
    const shown = new AppError('output-unwritable', `Cannot write to standard output (${code})`, details);
    onError(shown);
    process.exit(shown.exitStatus);
  };
  process.stdout.once('error', (error) => void end(toErrorCode(error)));
  // Further errors change nothing. Without standard error, nothing can be reported.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/** Writes what can be shown only once. If that fails, `undo` is called, and the process ends. */
export async function printOnce(text: string, undo: Undo): Promise<void> {
  undoLost = undo;
  await new Promise<void>((resolve) => {
    process.stdout.write(`${text}\n`, (error) => {
      if (error === null || error === undefined) resolve();
    });
  });
  undoLost = undefined;
}

/** Ends the process once nothing reads its output any more, for a command that may have nothing to write for hours. */
export function endWithReader(): void {
  watchPipeReaders(process.stdout.fd, () => process.exit(readerLeft));
}
