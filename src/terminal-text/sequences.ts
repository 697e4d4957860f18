// Finds the control sequences in what a program prints (ECMA-48), wherever the pieces of the output are cut.

/** What is found, in order. */
export interface Found {
  /** Text without any control character. */
  text(text: string): void;
  /** A control character below U+0020. */
  control(sign: string): void;
  /** ESC and one character, such as `7`. */
  escape(final: string): void;
  /** A control sequence: `ESC [ PARAMETERS FINAL`. Those with other parts are private, and left out. */
  sequence(final: string, parameters: string): void;
}

/** Longer parameters mean nothing. */
const maxParameters = 256;
const textRun = /[^\u0000-\u001f\u007f]+/y;

/**
 * Returns a function that takes the next piece of output. Titles and links (OSC), other strings (DCS, SOS, PM, APC), the choice of
 * a character set, and private sequences are left out. A string that does not end is left out up to the end of its line, so that
 * binary data cannot hide all that follows.
 */
export function createSequenceFinder(found: Found): (piece: string) => void {
  let state: 'text' | 'escape' | 'set' | 'sequence' | 'string' = 'text';
  let parameters = '';
  let isPrivate = false;
  /** Takes one character after an ESC; false if it is text, after a sequence that ends without its final character. */
  const take = (sign: string): boolean => {
    if (sign === '\u001b') state = 'escape';
    else if (state === 'string') {
      if (sign === '\u0007' || sign === '\u009c') state = 'text';
      else if (sign === '\n') {
        state = 'text';
        found.control(sign);
      }
    } else if (sign === '\u0018' || sign === '\u001a') state = 'text';
    else if (sign < ' ') found.control(sign);
    else if (sign >= '\u007f') {
      state = sign === '\u007f' ? state : 'text';
      return sign === '\u007f';
    } else if (state === 'escape') {
      state = 'text';
      if (sign === '[') {
        state = 'sequence';
        parameters = '';
        isPrivate = false;
      } else if (']PX^_'.includes(sign)) state = 'string';
      else if (sign <= '/') state = 'set';
      else found.escape(sign);
    } else if (state === 'set') {
      if (sign > '/') state = 'text';
    } else if (sign >= '@') {
      state = 'text';
      if (!isPrivate) found.sequence(sign, parameters);
    } else if (/[\d:;]/.test(sign) && parameters.length < maxParameters) parameters += sign;
    else isPrivate = true;
    return true;
  };
  return (piece) => {
    for (let at = 0; at < piece.length;) {
      const sign = piece[at] ?? '';
      textRun.lastIndex = at;
      const run = state === 'text' ? textRun.exec(piece)?.[0] : undefined;
      if (run !== undefined) {
        found.text(run);
        at += run.length;
      } else if (state !== 'text' || sign === '\u001b') at += take(sign) ? 1 : 0;
      else {
        if (sign !== '\u007f') found.control(sign);
        at++;
      }
    }
  };
}
