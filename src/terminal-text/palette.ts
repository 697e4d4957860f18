// All colours of a terminal as the 16 of its palette: 0 to 7 are dark and 8 to 15 light; black, red, green, yellow, blue, magenta, cyan, white.

const black = 0;
const white = 7;
const grey = 8;
const light = 8;
/** Red, yellow, green, cyan, blue, magenta: the hues at 0°, 60°, … */
const hues = [1, 3, 2, 6, 4, 5];
/** The steps of the colour cube (xterm's 256 colours). */
const steps = [0, 95, 135, 175, 215, 255];

/** The colour of the palette that comes closest to one of the 256 colours. */
export function fromIndex(index: number): number {
  if (index < 16) return index;
  if (index >= 232) return fromRgb(toGrey(index), toGrey(index), toGrey(index));
  const step = (unit: number): number => steps[Math.floor((index - 16) / unit) % 6] ?? 0;
  return fromRgb(step(36), step(6), step(1));
}

/** The colour of the palette that comes closest to red, green and blue, each from 0 to 255. */
export function fromRgb(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (most < 48) return black;
  if (spread < most / 5) return most < 176 ? grey : white;
  const sixth =
    most === red
      ? (green - blue) / spread
      : most === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread;
  return (hues[(Math.round(sixth) + 6) % 6] ?? 0) + (most > 220 ? light : 0);
}

function toGrey(index: number): number {
  return 8 + 10 * (index - 232);
}
