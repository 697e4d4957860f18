// Keys as canaries: every form in which one, or a piece of one, could turn up where it must not.

const pieceLength = 8;

/** Every piece of 8 characters of a key: plain, percent-encoded, in hex, reversed, and in base64 at each of its three alignments. */
export function toTraces(key: string): Set<string> {
  const traces = new Set<string>();
  for (let at = 0; at + pieceLength <= key.length; at++) {
    const piece = key.slice(at, at + pieceLength);
    const hex = Buffer.from(piece).toString('hex');
    traces.add(piece).add(piece.split('').toReversed().join('')).add(hex).add(hex.toUpperCase());
    traces.add(hex.replace(/../g, '%$&')).add(hex.toUpperCase().replace(/../g, '%$&'));
  }
  for (const shift of [0, 1, 2]) {
    const base64 = Buffer.from(key.slice(shift)).toString('base64url').slice(0, -4);
    for (let at = 0; at + 11 <= base64.length; at++) {
      const piece = base64.slice(at, at + 11);
      traces.add(piece).add(piece.replaceAll('-', '+').replaceAll('_', '/'));
    }
  }
  return traces;
}

/** The traces of a key in a text. */
export function findTraces(key: string, text: string): string[] {
  return [...toTraces(key)].filter((trace) => text.includes(trace));
}
