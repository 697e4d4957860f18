// The location of the files for drawing icons: in their packages when run from source, inside a single executable, or beside the bundle.
import fs from 'node:fs';
import path from 'node:path';
import sea from 'node:sea';
import { fileURLToPath } from 'node:url';
import { isExecutable } from '../program-file.ts';

/** The files that the build places beside the bundle, and into a single executable. */
export const packedFiles = {
  program: 'draw-icons.cjs',
  rasteriser: 'resvg.wasm',
  /** One line for each emoji with a drawing. */
  emojiList: 'emoji.txt',
  /** The drawings of these emoji. */
  emoji: 'emoji.br',
} as const;

/** The first argument that makes a single executable the drawing program. */
export const drawingWord = 'draw-icons';

const isSource = typeof __dirname === 'undefined';

/** The folder of the package with the drawings; undefined if they are packed. */
export const emojiPackage: string | undefined = isSource
  ? path.dirname(fileURLToPath(import.meta.resolve('@iconify-json/fluent-emoji-flat/icons.json')))
  : undefined;

/** What to start Node, or a single executable, with. */
export const drawingArgs: readonly string[] = isExecutable
  ? [drawingWord]
  : ['--no-warnings', isSource ? path.join(import.meta.dirname, 'draw.ts') : toPacked('program')];

/** One of the packed files. Throws the system's error. */
export function loadPacked(file: 'emoji' | 'emojiList'): Buffer {
  return load(packedFiles[file], () => toPacked(file));
}

/** The rasteriser as WebAssembly. Throws the system's error. */
export function loadRasteriser(): Buffer {
  return load(packedFiles.rasteriser, () =>
    isSource ? fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm')) : toPacked('rasteriser'),
  );
}

function load(asset: string, toFile: () => string): Buffer {
  return isExecutable ? Buffer.from(sea.getRawAsset(asset)) : fs.readFileSync(toFile());
}

function toPacked(file: keyof typeof packedFiles): string {
  return path.join(__dirname, packedFiles[file]);
}
