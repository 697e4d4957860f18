// The program that draws icons, in a process of its own: it takes 100 MB for a moment, which a thread of the daemon would not
// release. It reads what to draw from standard input, as JSON; it prints a line when it is ready, and one
// for each icon as soon as it is drawn, so that finished icons are not lost if a later one fails.
import '../processes/process-guard.ts';
import { text } from 'node:stream/consumers';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { loadDrawings } from './emoji.ts';
import { readyLine, type Line, type Order } from './order.ts';
import { loadRasteriser } from './places.ts';
import { iconSizes, plainMotif, renderBare, renderTile, type Motif } from './tile.ts';

async function main(): Promise<void> {
  const orders: readonly Order[] = JSON.parse(await text(process.stdin));
  await initWasm(loadRasteriser());
  const findDrawing = orders.some(({ kind }) => kind === 'emoji') ? loadDrawings() : () => undefined;
  print(readyLine);
  for (const order of orders) {
    const motif = toMotif(order, findDrawing);
    const isAsOrdered = motif !== undefined && isVisible(motif);
    const svg = renderTile(isAsOrdered ? motif : plainMotif, order.form);
    const png = rasterise(svg, iconSizes[order.form].sizePx).png().toString('base64');
    print(JSON.stringify({ isAsOrdered, png } satisfies Line));
  }
}

/** Node writes to a pipe at once, so that nothing is lost if the process ends. */
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function toMotif(order: Order, findDrawing: ReturnType<typeof loadDrawings>): Motif | undefined {
  switch (order.kind) {
    case 'plain':
      return plainMotif;
    case 'picture':
      return order;
    case 'emoji': {
      const drawing = findDrawing(order.emoji);
      return drawing === undefined ? undefined : { kind: 'drawing', drawing };
    }
    default:
      return order satisfies never;
  }
}

/** If the rasteriser cannot read a picture, it silently draws nothing. */
function isVisible(motif: Motif): boolean {
  try {
    return rasterise(renderBare(motif), 32)
      .pixels()
      .some((byte) => byte !== 0);
  } catch {
    return false;
  }
}

function rasterise(svg: string, sizePx: number): { png(): Buffer; pixels(): Uint8Array } {
  const image = new Resvg(svg, {
    fitTo: { mode: 'width', value: sizePx },
    font: { loadSystemFonts: false },
  }).render();
  return { png: () => Buffer.from(image.asPng()), pixels: () => image.pixels };
}

void main();
