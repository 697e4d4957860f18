// Runs a small program and returns its output, within limits of time and size.
import { startProcess } from './process.ts';

/** How long to wait for a killed program to be gone. */
const killedMs = 1000;

/** The input of a program. It inherits nothing, and its standard error is not read, because it may print its input there. */
export interface Question {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly maxMs: number;
  readonly maxBytes: number;
}

/** What it printed and how it ended; or why its output cannot be used, as the end of a sentence that begins with the program's name. */
export type ProgramAnswer =
  | { readonly kind: 'answered'; readonly exitCode: number; readonly printed: Buffer }
  | { readonly kind: 'none'; readonly reason: string };

export interface Asked {
  /** Never rejects, and resolves soon after `maxMs` at the latest. */
  readonly answer: Promise<ProgramAnswer>;
  /** Resolves when the program is gone; never, if it is stuck in the kernel. */
  readonly gone: Promise<unknown>;
}

/** Starts a program, and kills it with its group when it takes too long or prints too much. */
export function askProgram({ file, args, env, maxMs, maxBytes }: Question): Asked {
  const stop = new AbortController();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const { ended } = startProcess({
    file,
    args,
    cwd: '/',
    env,
    onOutput(chunk) {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else stop.abort();
    },
    onErrorOutput: () => {},
    stop: stop.signal,
    stopSignal: 'SIGKILL',
    graceMs: 0,
  });
  const late: ProgramAnswer = { kind: 'none', reason: `took longer than ${maxMs} ms` };
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<ProgramAnswer>();
  const stopTimer = setTimeout(() => stop.abort(), maxMs);
  const giveUpTimer = setTimeout(() => giveUp(late), maxMs + killedMs);
  const waitForEnd = async (): Promise<ProgramAnswer> => {
    const exit = await ended;
    clearTimeout(stopTimer);
    clearTimeout(giveUpTimer);
    if (bytes > maxBytes) return { kind: 'none', reason: `printed more than ${maxBytes} bytes` };
    if (exit.startError !== undefined)
      return { kind: 'none', reason: `could not be started (${exit.startError})` };
    if (stop.signal.aborted) return late;
    if (exit.exitCode === undefined)
      return { kind: 'none', reason: `was ended by ${exit.signal ?? 'something unknown'}` };
    return { kind: 'answered', exitCode: exit.exitCode, printed: Buffer.concat(chunks) };
  };
  return { answer: Promise.race([waitForEnd(), givenUp]), gone: ended };
}
