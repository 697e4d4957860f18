// Colours and weights of text, as the sequence SGR (Select Graphic Rendition, ECMA-48 8.3.117) switches them.
import { fromIndex, fromRgb } from './palette.ts';

/** What is switched on. Colours are those of the palette; undefined is the default. */
export interface Attributes {
  readonly foreground: number | undefined;
  readonly background: number | undefined;
  /** The sum of `marks`. */
  readonly marks: number;
}

/** Nothing is switched on. */
export const plain: Attributes = { foreground: undefined, background: undefined, marks: 0 };

const marks = { bold: 1, faint: 2, italic: 4, underline: 8, inverse: 16, hidden: 32, struck: 64 };
const switchedOn: Readonly<Record<number, number>> = {
  1: marks.bold,
  2: marks.faint,
  3: marks.italic,
  4: marks.underline,
  7: marks.inverse,
  8: marks.hidden,
  9: marks.struck,
  21: marks.underline,
};
const switchedOff: Readonly<Record<number, number>> = {
  22: marks.bold | marks.faint,
  23: marks.italic,
  24: marks.underline,
  27: marks.inverse,
  28: marks.hidden,
  29: marks.struck,
};

/** The attributes after a sequence with these parameters, such as `1;31` or `38:2::255:0:0`. */
export function select(attributes: Attributes, parameters: string): Attributes {
  let now = attributes;
  const codes = parameters.split(';');
  for (let at = 0; at < codes.length; at++) {
    const [code = 0, ...parts] = (codes[at] ?? '').split(':').map(Number);
    if (code === 38 || code === 48 || code === 58) {
      const isApart = parts.length === 0;
      const { color, length } = toColor(
        isApart ? codes.slice(at + 1, at + 5).map(Number) : withoutSpace(parts),
      );
      if (isApart) at += length;
      now = withColor(now, code, color);
    } else now = selectOne(now, code === 4 && parts[0] === 0 ? 24 : code);
  }
  return now;
}

function withColor(now: Attributes, code: 38 | 48 | 58, color: number | undefined): Attributes {
  if (color === undefined || code === 58) return now;
  return code === 38 ? { ...now, foreground: color } : { ...now, background: color };
}

function selectOne(now: Attributes, code: number): Attributes {
  const [on, off] = [switchedOn[code], switchedOff[code]];
  if (code === 0) return plain;
  if (on !== undefined) return { ...now, marks: now.marks | on };
  if (off !== undefined) return { ...now, marks: now.marks & ~off };
  if (code >= 30 && code <= 37) return { ...now, foreground: code - 30 };
  if (code >= 90 && code <= 97) return { ...now, foreground: code - 82 };
  if (code === 39) return { ...now, foreground: undefined };
  if (code >= 40 && code <= 47) return { ...now, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...now, background: code - 92 };
  return code === 49 ? { ...now, background: undefined } : now;
}

/** With colons, an RGB colour may have the number of its colour space in second place: `2::R:G:B`. */
function withoutSpace(parts: readonly number[]): readonly number[] {
  return parts[0] === 2 && parts.length > 4 ? [2, ...parts.slice(2)] : parts;
}

/** A colour written as `5;INDEX` or `2;R;G;B`, and how many numbers that takes. */
function toColor([kind, a = 0, b = 0, c = 0]: readonly number[]): {
  readonly color: number | undefined;
  readonly length: number;
} {
  const areBytes = [a, b, c].every((part) => part >= 0 && part <= 255);
  if (kind === 5) return { color: areBytes ? fromIndex(a) : undefined, length: 2 };
  return kind === 2
    ? { color: areBytes ? fromRgb(a, b, c) : undefined, length: 4 }
    : { color: undefined, length: 1 };
}

/** Whether text is not to be seen. */
export function isHidden({ marks: set }: Attributes): boolean {
  return (set & marks.hidden) !== 0;
}

/**
 * The names of the looks that text has, separated by spaces; empty for plain text. `c1` to `c6` and `c9` to `c14` are the colours
 * of the palette, `c8` is grey, `fill` puts the colour behind the text instead, then `bold`, `italic`, `under` and `struck`.
 * Black and white alone are the colours of the page, and text on a colour has the colour of the page: whatever a program
 * chooses can be read, on light and on dark pages.
 */
export function toStyle({ foreground, background, marks: set }: Attributes): string {
  const isInverse = (set & marks.inverse) !== 0;
  const isFilled = isInverse || (background !== undefined && background !== 0);
  const color = (isInverse ? foreground : isFilled ? background : foreground) ?? 0;
  const isFaint = (set & marks.faint) !== 0 && !isFilled && isPage(color);
  return [
    isFaint ? 'c8' : isPage(color) ? '' : `c${color}`,
    isFilled ? 'fill' : '',
    set & marks.bold ? 'bold' : '',
    set & marks.italic ? 'italic' : '',
    set & marks.underline ? 'under' : '',
    set & marks.struck ? 'struck' : '',
  ]
    .filter((name) => name !== '')
    .join(' ');
}

/** Whether a colour is black or white, which are the page's own colours here. */
function isPage(color: number): boolean {
  return color === 0 || color === 7 || color === 15;
}
