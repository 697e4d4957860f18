// The drawings of emoji: Microsoft's Fluent Emoji, from their package as JSON, or packed as two texts with one line per emoji.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { emojiPackage, loadPacked } from './places.ts';

/** A drawing as SVG: the content of a box with a size. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly body: string;
}

/** Returns a function that checks whether an emoji has a drawing. Throws the system's error. */
export function loadEmojiTest(): (emoji: string) => boolean {
  const list =
    emojiPackage === undefined ? loadPacked('emojiList').toString('utf8') : listEmoji(emojiPackage);
  const known = new Set(list.split('\n'));
  return (emoji) => known.has(toCodePoints(emoji));
}

/** Returns a function that finds the drawing of an emoji. It holds 8 MB of drawings, so it must be released soon. Throws the system's error. */
export function loadDrawings(): (emoji: string) => Drawing | undefined {
  const all =
    emojiPackage === undefined
      ? zlib.brotliDecompressSync(loadPacked('emoji'))
      : Buffer.from(packDrawings(emojiPackage));
  return (emoji) => {
    const at = all.indexOf(`\n${toCodePoints(emoji)}\t`);
    if (at === -1) return undefined;
    const [, width, height, body = ''] = all.toString('utf8', at + 1, all.indexOf('\n', at + 1)).split('\t');
    return { width: Number(width), height: Number(height), body };
  };
}

/** The emoji of an Iconify package as code points, one per line. */
export function listEmoji(folder: string): string {
  return Object.keys(loadCharacters(folder)).join('\n');
}

/** The same with width, height and SVG of their drawings, each line between two line ends. */
export function packDrawings(folder: string): string {
  const { icons, width, height }: IconSet = JSON.parse(
    fs.readFileSync(path.join(folder, 'icons.json'), 'utf8'),
  );
  const lines = Object.entries(loadCharacters(folder)).flatMap(([codePoints, name]) => {
    const icon = icons[name];
    return icon === undefined
      ? []
      : [[codePoints, icon.width ?? width, icon.height ?? height, icon.body].join('\t')];
  });
  return `\n${lines.join('\n')}\n`;
}

function loadCharacters(folder: string): Readonly<Record<string, string>> {
  return JSON.parse(fs.readFileSync(path.join(folder, 'chars.json'), 'utf8'));
}

/** The used part of an Iconify package (IconifyJSON). */
interface IconSet {
  readonly icons: Readonly<
    Record<string, { readonly body: string; readonly width?: number; readonly height?: number }>
  >;
  readonly width: number;
  readonly height: number;
}

/** The package's name for an emoji: in hex, without the selector that asks for a picture instead of text. */
function toCodePoints(emoji: string): string {
  return Array.from(emoji.replaceAll('\ufe0f', ''), (character) =>
    (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0'),
  ).join('-');
}
