// The program that draws icons, in a process of its own: it takes 100 MB for a moment, which no thread of the daemon would
// give back. On standard input it finds what to draw, as JSON; on standard output it leaves the PNGs, as JSON, too.
import fs from 'node:fs';
import { text } from 'node:stream/consumers';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import type { Drawn, Order } from './drawing.ts';
import { loadDrawings } from './emoji.ts';
import { places } from './places.ts';
import { forms, plainMotif, renderBare, renderTile, type Motif } from './tile.ts';

async function main(): Promise<void> {
  const orders: readonly Order[] = JSON.parse(await text(process.stdin));
  await initWasm(fs.readFileSync(places.rasteriser));
  const findDrawing = orders.some(({ kind }) => kind === 'emoji') ? loadDrawings() : () => undefined;
  const drawn = orders.map((order): Drawn => {
    const motif = toMotif(order, findDrawing);
    const isAsOrdered = motif !== undefined && isVisible(motif);
    return { isAsOrdered, ...drawAll(isAsOrdered ? motif : plainMotif) };
  });
  process.stdout.write(JSON.stringify(drawn));
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

function drawAll(motif: Motif): Omit<Drawn, 'isAsOrdered'> {
  const toBase64 = (form: keyof typeof forms): string => rasterise(renderTile(motif, form), forms[form].sizePx).png().toString('base64');
  return {
    'icon-180': toBase64('icon-180'),
    'icon-192': toBase64('icon-192'),
    'icon-512': toBase64('icon-512'),
    'icon-512-maskable': toBase64('icon-512-maskable'),
  };
}

/** Of a picture that it cannot read, the rasteriser draws nothing, and says nothing. */
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
  const image = new Resvg(svg, { fitTo: { mode: 'width', value: sizePx }, font: { loadSystemFonts: false } }).render();
  return { png: () => Buffer.from(image.asPng()), pixels: () => image.pixels };
}

void main();
