// What a program prints, as a terminal would show it: lines of text with styles. It knows what programs without a terminal print:
// carriage returns, backspaces, tabs, colours, and the short ways up that progress bars take. Places on a screen of a fixed
// size mean nothing here, because the lines have no end.
import { isHidden, plain, select, toStyle } from './attributes.ts';
import type { Line } from './row.ts';
import { createScreen, type Change } from './screen.ts';
import { createSequenceFinder } from './sequences.ts';

/** A terminal whose lines are looked at while the output comes. */
export interface Terminal {
  /** Takes the next piece of the output, cut anywhere. */
  write(bytes: Uint8Array): void;
  /** Puts a sentence of ours on a line of its own. */
  note(text: string): void;
  /** What has changed since this was called last. */
  takeChange(): Change;
}

/** What would control the text around it, or break the line: C1 controls, half characters, and whatever reverses the direction. */
const harmful = /[\u0080-\u009f\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;
const replacement = '\u{fffd}';

/** The lines of a whole output. */
export function toLines(output: string): Line[] {
  const { screen, write } = createWriter();
  write(output);
  return screen.lines();
}

export function createTerminal(): Terminal {
  const { screen, write } = createWriter();
  let decoder = new TextDecoder();
  return {
    write: (bytes) => write(decoder.decode(bytes, { stream: true })),
    note(text) {
      // The rest of a cut character, colour or title would be taken for a part of what follows.
      write(`${decoder.decode()}\u0018\u001b[m`);
      decoder = new TextDecoder();
      screen.toEnd();
      screen.write(text, '');
      screen.lineFeed();
    },
    takeChange: () => screen.takeChange(),
  };
}

function createWriter(): {
  readonly screen: ReturnType<typeof createScreen>;
  readonly write: (output: string) => void;
} {
  const screen = createScreen();
  let attributes = plain;
  let style = '';
  /** Whether the program has saved its place and gone to a fixed one, for a status line that it leaves again. */
  let isSaved = false;
  let isAway = false;
  const restore = (): void => {
    if (isSaved) screen.restore();
    isSaved = false;
    isAway = false;
  };
  const save = (): void => {
    screen.save();
    isSaved = true;
  };
  const lineFeed = (): void => {
    isAway = false;
    screen.lineFeed();
  };
  const controls: Readonly<Record<string, () => void>> = {
    '\b': () => screen.move({ columns: -1 }),
    '\t': () => screen.tab(),
    '\n': lineFeed,
    '\v': lineFeed,
    '\f': lineFeed,
    '\r': () => screen.toColumn(0),
    // A terminal is silent about these: nothing, the bell, the choice of a character set, and the end of a sequence that was cut off.
    '\0': () => {},
    '\u0018': () => {},
    '\u0007': () => {},
    '\u000e': () => {},
    '\u000f': () => {},
  };
  const escapes: Readonly<Record<string, () => void>> = {
    '7': save,
    '8': restore,
    D: () => screen.lineFeed(),
    E: lineFeed,
    M: () => screen.move({ rows: -1 }),
  };
  const sequences: Readonly<Record<string, (count: number, parameters: string) => void>> = {
    A: (count) => screen.move({ rows: -(count || 1) }),
    B: (count) => screen.move({ rows: count || 1 }),
    C: (count) => screen.move({ columns: count || 1 }),
    D: (count) => screen.move({ columns: -(count || 1) }),
    E(count) {
      screen.move({ rows: count || 1 });
      screen.toColumn(0);
    },
    F(count) {
      screen.move({ rows: -(count || 1) });
      screen.toColumn(0);
    },
    G: (count) => screen.toColumn((count || 1) - 1),
    H: () => void (isAway = isSaved),
    f: () => void (isAway = isSaved),
    J(count) {
      if (count === 0) {
        screen.erase('after');
        screen.eraseBelow();
      } else if (count === 2) screen.toEnd();
    },
    K: (count) => screen.erase(count === 0 ? 'after' : count === 1 ? 'before' : 'line'),
    m(_, parameters) {
      attributes = select(attributes, parameters);
      style = toStyle(attributes);
    },
    s: save,
    u: restore,
    X: (count) => screen.eraseColumns(count || 1),
    '`': (count) => screen.toColumn((count || 1) - 1),
  };
  const write = createSequenceFinder({
    text(text) {
      if (isAway) return;
      const shown = text.replaceAll(harmful, replacement);
      if (isHidden(attributes)) screen.write(shown.replaceAll(/./gu, ' '), '');
      else screen.write(shown, style);
    },
    control(sign) {
      const act = controls[sign];
      if (act !== undefined) act();
      else if (!isAway) screen.write(replacement, style);
    },
    escape: (final) => escapes[final]?.(),
    sequence(final, parameters) {
      if (!isAway || 'mu'.includes(final))
        sequences[final]?.(Number.parseInt(parameters, 10) || 0, parameters);
    },
  });
  return { screen, write };
}
