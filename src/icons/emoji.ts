// The drawings of emoji: Microsoft's Fluent Emoji, from their package as JSON, or packed as two texts with a line for each.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { places } from './places.ts';

/** A drawing as SVG: what stands inside of a box. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly body: string;
}

/** A function that tells whether there is a drawing of an emoji. Throws the system's error. */
export function loadEmojiTest(): (emoji: string) => boolean {
  const list = 'emojiPackage' in places ? listEmoji(places.emojiPackage) : fs.readFileSync(places.emojiList, 'utf8');
  const known = new Set(list.split('\n'));
  return (emoji) => known.has(toCodePoints(emoji));
}

/** A function that finds the drawing of an emoji, if there is one, among 8 MB of them: to be let go soon. Throws the system's error. */
export function loadDrawings(): (emoji: string) => Drawing | undefined {
  const all =
    'emojiPackage' in places ? Buffer.from(packDrawings(places.emojiPackage)) : zlib.brotliDecompressSync(fs.readFileSync(places.emoji));
  return (emoji) => {
    const at = all.indexOf(`\n${toCodePoints(emoji)}\t`);
    if (at === -1) return undefined;
    const [, width, height, body = ''] = all.toString('utf8', at + 1, all.indexOf('\n', at + 1)).split('\t');
    return { width: Number(width), height: Number(height), body };
  };
}

/** The emoji of an Iconify package, by their code points, one a line. */
export function listEmoji(folder: string): string {
  return Object.keys(loadCharacters(folder)).join('\n');
}

/** The same with width, height and SVG of their drawings, each line between two line ends. */
export function packDrawings(folder: string): string {
  const { icons, width, height }: IconSet = JSON.parse(fs.readFileSync(path.join(folder, 'icons.json'), 'utf8'));
  const lines = Object.entries(loadCharacters(folder)).flatMap(([codePoints, name]) => {
    const icon = icons[name];
    return icon === undefined ? [] : [[codePoints, icon.width ?? width, icon.height ?? height, icon.body].join('\t')];
  });
  return `\n${lines.join('\n')}\n`;
}

function loadCharacters(folder: string): Readonly<Record<string, string>> {
  return JSON.parse(fs.readFileSync(path.join(folder, 'chars.json'), 'utf8'));
}

/** What an Iconify package holds, as far as it is used (IconifyJSON). */
interface IconSet {
  readonly icons: Readonly<Record<string, { readonly body: string; readonly width?: number; readonly height?: number }>>;
  readonly width: number;
  readonly height: number;
}

/** As the package names them: in hex, without the sign that asks for a picture instead of text. */
function toCodePoints(emoji: string): string {
  return Array.from(emoji.replaceAll('\ufe0f', ''), (character) => (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')).join('-');
}
