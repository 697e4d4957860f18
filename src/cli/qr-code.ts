// A QR code for a terminal, readable on a dark and on a light background.
import { renderUnicodeCompact } from 'uqr';

/** The part of a terminal that matters here. */
export type ColorOutput = Partial<Pick<NodeJS.WriteStream, 'hasColors'>>;

/** White modules on black ones, in colours that no theme of a terminal changes, or else in the nearest of the basic ones. */
const fixedColors = { light: '38;5;231', dark: '48;5;16' };
const basicColors = { light: '97', dark: '40' };

/** Two rows of modules on each line; the last line may have one. Without colours it depends on the terminal's own, which a note explains. */
export function renderQrCode(text: string, output: ColorOutput = process.stdout): string {
  const code = renderUnicodeCompact(text, { border: 2 });
  if (output.hasColors?.() !== true)
    return `${code}\n(Made for a dark terminal. If no phone reads it on a light one, run this without NO_COLOR.)`;
  const colors = output.hasColors(256) ? fixedColors : basicColors;
  return code
    .split('\n')
    .map(
      (line) =>
        `\u001b[${/^▀+$/.test(line) ? colors.light : `${colors.light};${colors.dark}`}m${line}\u001b[0m`,
    )
    .join('\n');
}
