// What the drawing program reads and prints; a leaf, because the program must load nothing else.
import type { IconSize } from './tile.ts';

/** What to draw. */
export type Order = { readonly form: IconSize } & (
  | { readonly kind: 'plain' }
  | { readonly kind: 'emoji'; readonly emoji: string }
  | { readonly kind: 'picture'; readonly href: string }
);

/** What the program prints once it is ready. */
export const readyLine = 'ready';

/** What it prints for each order, as JSON: the PNG in Base64; the plain icon if it could not be drawn as ordered. */
export interface Line {
  readonly isAsOrdered: boolean;
  readonly png: string;
}
