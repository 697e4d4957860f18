// A tile: the content of an icon on the background that each platform needs.
import type { Drawing } from './emoji.ts';

/**
 * The iconSizes of an icon. iOS rounds a full square itself, and shows transparent parts as black; elsewhere the icon has its own rounded corners;
 * Android cuts a maskable icon into a shape of its own, which always contains the central circle of 80 % (Web Application Manifest, "maskable").
 */
export const iconSizes = {
  'icon-180': { sizePx: 180, cornerRadius: 0, share: 1 },
  'icon-192': { sizePx: 192, cornerRadius: 22, share: 1 },
  'icon-512': { sizePx: 512, cornerRadius: 22, share: 1 },
  'icon-512-maskable': { sizePx: 512, cornerRadius: 0, share: 0.85 },
} as const;
export type IconSize = keyof typeof iconSizes;

/** The content of a tile. */
export type Motif =
  | { readonly kind: 'drawing'; readonly drawing: Drawing }
  | { readonly kind: 'picture'; readonly href: string };

/** The symbol for a task without an icon: a start sign. */
export const plainDrawing: Drawing = {
  width: 32,
  height: 32,
  body: '<circle cx="16" cy="16" r="15" fill="#1d63c9"/><path d="M13 10.75v10.5L21.5 16z" fill="#fff" stroke="#fff" stroke-width="2.5" stroke-linejoin="round"/>',
};
export const plainMotif: Motif = { kind: 'drawing', drawing: plainDrawing };

/** How much of a tile's side a drawing takes; a picture takes the whole side. */
const drawingShare = 0.7;

/** A tile as SVG, 100 units wide. */
export function renderTile(motif: Motif, form: IconSize): string {
  const { cornerRadius, share } = iconSizes[form];
  const side = 100 * share * (motif.kind === 'drawing' ? drawingShare : 1);
  const start = (100 - side) / 2;
  const box = `x="${start}" y="${start}" width="${side}" height="${side}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><clipPath id="tile"><rect width="100" height="100" rx="${cornerRadius}"/></clipPath>
<g clip-path="url(#tile)"><rect width="100" height="100" fill="#eaf1fb"/>${renderMotif(motif, box)}</g></svg>`;
}

/** A motif alone, without a background. */
export function renderBare(motif: Motif): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">${renderMotif(motif, 'width="100" height="100"')}</svg>`;
}

function renderMotif(motif: Motif, box: string): string {
  if (motif.kind === 'picture') return `<image href="${motif.href}" ${box}/>`;
  const { width, height, body } = motif.drawing;
  return `<svg ${box} viewBox="0 0 ${width} ${height}">${body}</svg>`;
}
