// Drawing icons: orders to the drawing program, and what comes of them.
import * as z from 'zod';
import type { Icon } from '../icon.ts';
import { startProcess } from '../runners/process.ts';
import { places } from './places.ts';

/** How long the drawing of some icons may take on a slow machine. */
const drawingMs = 60_000;
/** Enough for a good number of icons. */
const maxPrintedBytes = 64_000_000;

/** What is to be drawn. */
export type Order =
  | { readonly kind: 'plain' }
  | { readonly kind: 'emoji'; readonly emoji: string }
  | { readonly kind: 'picture'; readonly href: string };

const Png = z.base64();

/** An icon in each of its forms, as PNG in Base64. If it could not be drawn as ordered, it is the plain one. */
const Drawn = z.object({ isAsOrdered: z.boolean(), 'icon-180': Png, 'icon-192': Png, 'icon-512': Png, 'icon-512-maskable': Png });
export type Drawn = z.infer<typeof Drawn>;

/** Draws icons, undefined being the plain one; or says why it could not. Aborting `stop` ends it at once. */
export async function drawIcons(
  icons: readonly (Icon | undefined)[],
  stop: AbortSignal,
): Promise<readonly Drawn[] | { readonly problem: string }> {
  const printed: Uint8Array[] = [];
  let printedBytes = 0;
  const { ended } = startProcess({
    file: process.execPath,
    args: ['--no-warnings', places.program],
    cwd: '/',
    env: {},
    input: JSON.stringify(icons.map(toOrder)),
    onOutput(chunk) {
      printedBytes += chunk.length;
      if (printedBytes <= maxPrintedBytes) printed.push(chunk);
    },
    stop: AbortSignal.any([stop, AbortSignal.timeout(drawingMs)]),
    stopSignal: 'SIGTERM',
    graceMs: 0,
  });
  const { exitCode, signal, startError } = await ended;
  if (exitCode !== 0) return { problem: startError ?? signal ?? `exit status ${exitCode ?? 'unknown'}` };
  return parseDrawn(Buffer.concat(printed).toString(), icons.length);
}

function toOrder(icon: Icon | undefined): Order {
  if (icon === undefined) return { kind: 'plain' };
  if (icon.kind === 'emoji') return icon;
  return { kind: 'picture', href: `data:${icon.type};base64,${icon.bytes.toString('base64')}` };
}

function parseDrawn(printed: string, count: number): readonly Drawn[] | { readonly problem: string } {
  try {
    return z.array(Drawn).length(count).parse(JSON.parse(printed));
  } catch {
    return { problem: 'it printed something else' };
  }
}
