// The location of the files for drawing icons: beside the bundle, or, when run from source, in their packages.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The files that the build places beside the bundle. */
export const packedFiles = {
  program: 'draw-icons.cjs',
  rasteriser: 'resvg.wasm',
  /** One line for each emoji with a drawing. */
  emojiList: 'emoji.txt',
  /** The drawings of these emoji. */
  emoji: 'emoji.br',
} as const;

export const places =
  typeof __dirname === 'undefined'
    ? {
        program: path.join(import.meta.dirname, 'draw.ts'),
        rasteriser: fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm')),
        emojiPackage: path.dirname(
          fileURLToPath(import.meta.resolve('@iconify-json/fluent-emoji-flat/icons.json')),
        ),
      }
    : {
        program: path.join(__dirname, packedFiles.program),
        rasteriser: path.join(__dirname, packedFiles.rasteriser),
        emojiList: path.join(__dirname, packedFiles.emojiList),
        emoji: path.join(__dirname, packedFiles.emoji),
      };
