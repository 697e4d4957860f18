// Draws icons: sends orders to the drawing program, and receives the results.
import * as z from 'zod';
import type { Icon } from '../icon.ts';
import { startProcess } from '../processes/process.ts';
import { readyLine, type Line, type Order } from './order.ts';
import { drawingArgs } from './places.ts';
import type { IconSize } from './tile.ts';

/** How long the program may be silent, on a slow machine: it prints a line once it is ready, and after each icon. */
const usualSilenceMs = 60_000;
/** More than any icon takes, because icons are at most 512 pixels wide. */
const maxLineLength = 4_000_000;

/** An icon in the requested size; undefined means the plain one. */
export interface Wanted {
  readonly icon: Icon | undefined;
  readonly form: IconSize;
}

const PrintedLine: z.ZodType<Line> = z.object({ isAsOrdered: z.boolean(), png: z.base64() });

/** An icon as PNG; the plain icon if it could not be drawn as ordered. */
export interface Drawn {
  readonly isAsOrdered: boolean;
  readonly png: Buffer;
}

/** Why not all icons were drawn: because of an `icon` if the program failed at the first missing one, or of the `program` if it failed before any. */
export interface Problem {
  readonly of: 'icon' | 'program';
  readonly reason: string;
}

/**
 * Draws icons, and calls `onDrawn` for each as soon as it is drawn, in the given order. Aborting `stop` ends it at once.
 * Tests pass another program and another time.
 */
export async function drawIcons(
  wanted: readonly Wanted[],
  stop: AbortSignal,
  onDrawn: (drawn: Drawn) => void,
  {
    program = drawingArgs,
    silenceMs = usualSilenceMs,
  }: { readonly program?: readonly string[]; readonly silenceMs?: number } = {},
): Promise<Problem | undefined> {
  let count = 0;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silenceMs);
  let isReady = false;
  let junk: string | undefined;
  let rest = '';
  const read = (line: string): void => {
    timer.refresh();
    if (line === readyLine) isReady = true;
    else {
      const icon = parseLine(line);
      if (icon === undefined) junk = 'it printed something else';
      else if (junk === undefined && count++ < wanted.length) onDrawn(icon);
    }
  };
  const { ended } = startProcess({
    file: process.execPath,
    args: program,
    cwd: '/',
    env: {},
    input: JSON.stringify(wanted.map(toOrder)),
    onOutput(chunk) {
      const lines = `${rest}${Buffer.from(chunk).toString('latin1')}`.split('\n');
      rest = lines.pop()?.slice(0, maxLineLength) ?? '';
      for (const line of lines) read(line);
    },
    stop: AbortSignal.any([stop, silence.signal]),
    stopSignal: 'SIGTERM',
    graceMs: 0,
  });
  const { exitCode, signal, startError } = await ended;
  clearTimeout(timer);
  if (count >= wanted.length) return undefined;
  const ending =
    exitCode === 0
      ? 'it printed too little'
      : (startError ?? signal ?? `exit status ${exitCode ?? 'unknown'}`);
  const reason = silence.signal.aborted ? `it took longer than ${silenceMs / 1000} s` : (junk ?? ending);
  return { of: isReady ? 'icon' : 'program', reason };
}

function toOrder({ icon, form }: Wanted): Order {
  if (icon === undefined) return { form, kind: 'plain' };
  if (icon.kind === 'emoji') return { form, ...icon };
  return { form, kind: 'picture', href: `data:${icon.type};base64,${icon.bytes.toString('base64')}` };
}

function parseLine(line: string): Drawn | undefined {
  try {
    const { isAsOrdered, png } = PrintedLine.parse(JSON.parse(line));
    return { isAsOrdered, png: Buffer.from(png, 'base64') };
  } catch {
    return undefined;
  }
}
