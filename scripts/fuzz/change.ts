// Changes of texts, all of them decided by a seeded generator, so that a run can be repeated.

export type Random = (below: number) => number;

/** Numbers from a seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const pieces = [
  '',
  '\0',
  '\n',
  '\r\n',
  ' ',
  '"',
  "'",
  '\\',
  '/',
  '//',
  '%',
  '%00',
  '%2f',
  '%E4',
  '..',
  '?',
  '#',
  '&',
  '=',
  ';',
  ',',
  ':',
  '{',
  '}',
  '[',
  ']',
  '{}',
  '[]',
  'null',
  'true',
  '-1',
  '0',
  '1e999',
  '9007199254740993',
  '__proto__',
  'constructor',
  '\ud800',
  '\ufeff',
  '\u2028',
  'é',
  '😀',
  '*/',
  '//',
  'a'.repeat(300),
];

/** A text made of one of the known ones by one to four changes. */
export function change(known: readonly string[], random: Random): string {
  const pick = <T>(all: readonly T[], otherwise: T): T => all[random(Math.max(1, all.length))] ?? otherwise;
  let text = pick(known, '');
  for (let left = 1 + random(4); left > 0; left--) {
    const at = random(text.length + 1);
    const end = Math.min(text.length, at + random(8));
    const other = pick(known, '');
    const from = random(other.length + 1);
    const middle = [
      pick(pieces, ''),
      '',
      text.slice(at, end).repeat(1 + random(20)),
      String.fromCharCode(random(random(2) === 0 ? 128 : 65_536)),
      other.slice(from, from + random(40)),
    ];
    text = text.slice(0, at) + pick(middle, '') + text.slice(end);
  }
  return text.slice(0, 20_000);
}
