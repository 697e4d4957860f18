// The output of a run: the last of it is kept, and read by any number of readers, each at its own pace.
import { createOutputRing } from '../output-ring.ts';
import type { Task } from '../tasks.ts';
import type { Kept, RunFeed } from './run-view.ts';

/** How much of a run's output is kept. */
const keptOutputBytes = 65_536;
/** How many of the last lines are shown if a task's `output` is `tail`. */
const tailLines = 20;
const lineEnd = 0x0a;

/** Stands for output that is no longer kept. */
export const forgotten: Kept = { output: '', notShown: 'all' };

export interface RunOutput extends Pick<RunFeed, 'start' | 'read'> {
  /** Keeps what was printed from an offset on, by default after all before, and wakes the readers that wait for it. */
  push(chunk: Uint8Array, from?: number): void;
  /** What is kept and shown of the output. */
  render(): Kept;
  /** Resolves when there is output beyond the offset, at `wake`, after `ms`, or when `signal` is aborted. */
  wait(offset: number, ms: number, signal: AbortSignal): Promise<void>;
  /** Wakes all readers. */
  wake(): void;
  /** Releases the memory that only more output would need. */
  shrink(): void;
  /** Releases all memory. */
  forget(): void;
}

export function createRunOutput(shown: Task['output']): RunOutput {
  const ring = createOutputRing(keptOutputBytes);
  /** The waiting readers to wake, and the offset beyond which each needs output. */
  const waiting = new Map<() => void, number>();
  let isForgotten = false;
  /** How much output there is for readers. */
  const shownBytes = (): number => (shown === 'none' ? 0 : ring.totalBytes());
  return {
    push(chunk, from) {
      ring.push(chunk, from);
      for (const [resolve, offset] of waiting) if (offset < shownBytes()) resolve();
    },
    render() {
      if (shown === 'none') return { output: undefined };
      return isForgotten ? forgotten : toKept(ring.read(), ring.totalBytes(), shown);
    },
    start() {
      const kept = ring.read();
      return shown === 'tail' ? ring.totalBytes() - kept.length + findTail(kept) : 0;
    },
    read: (offset, maxBytes) =>
      shown === 'none' ? { bytes: Buffer.alloc(0), from: offset } : ring.readFrom(offset, maxBytes),
    async wait(offset, ms, signal) {
      if (signal.aborted || offset < shownBytes()) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      const giveUp = (): void => resolve();
      signal.addEventListener('abort', giveUp, { once: true });
      waiting.set(resolve, offset);
      await promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      waiting.delete(resolve);
    },
    wake() {
      for (const resolve of waiting.keys()) resolve();
      waiting.clear();
    },
    shrink: () => ring.shrink(),
    forget() {
      isForgotten = true;
      ring.clear();
    },
  };
}

/** The kept output as text; bytes that are not UTF-8 become U+FFFD. */
function toKept(kept: Buffer, totalBytes: number, shown: 'tail' | 'all'): Kept {
  const from = shown === 'tail' ? findTail(kept) : 0;
  return { output: kept.subarray(from).toString(), notShown: totalBytes - kept.length + from };
}

/** The position at which the last lines begin. */
function findTail(bytes: Buffer): number {
  let from = bytes.at(-1) === lineEnd ? bytes.length - 1 : bytes.length;
  for (let lines = 0; lines < tailLines && from >= 0; lines++)
    from = from === 0 ? -1 : bytes.lastIndexOf(lineEnd, from - 1);
  return from + 1;
}
