// Output as events for programs: whole lines, and the line that is not finished yet.

/** Output as events: what is made of the next bytes, which follow `skippedBytes` that are no longer kept. */
export type ToEvents = (
  bytes: Buffer,
  facts: { readonly skippedBytes: number; readonly isOver: boolean },
) => {
  /** The bytes beyond these come again, with more. */
  readonly usedBytes: number;
  /** Each with the bytes that a reader has seen with it. */
  readonly events: readonly { readonly event: string; readonly data: string; readonly seenBytes: number }[];
};

/** An unfinished line is sent as if it were whole once it is this long. */
const longLineBytes = 8192;
const lineEnd = 0x0a;

/**
 * Makes `skipped` with the number of bytes that are no longer kept, `output` with whole lines, and `partial` with the unfinished
 * line so far, whenever it has changed: of a line that was overwritten, what was written last.
 */
export function createLineEvents(): ToEvents {
  let sent = '';
  return (bytes, { skippedBytes, isOver }) => {
    const whole = toWholeLines(bytes, isOver);
    const partial =
      withoutCutCharacter(bytes.subarray(whole.length)).toString().replace(/\r+$/, '').split('\r').at(-1) ??
      '';
    const isNews = partial !== '' && (partial !== sent || whole.length > 0);
    sent = partial;
    const seenBytes = whole.length;
    const output = whole.toString().replace(/\r?\n$/, '');
    return {
      usedBytes: seenBytes,
      events: [
        ...(skippedBytes > 0 ? [{ event: 'skipped', data: String(skippedBytes), seenBytes: 0 }] : []),
        ...(whole.length > 0 ? [{ event: 'output', data: output, seenBytes }] : []),
        ...(isNews ? [{ event: 'partial', data: partial, seenBytes }] : []),
      ],
    };
  };
}

/** What can be sent: whole lines, or a line that is too long to wait for its end, or the rest once the output has ended. */
function toWholeLines(bytes: Buffer, isOver: boolean): Buffer {
  const length = bytes.lastIndexOf(lineEnd) + 1;
  if (length > 0 || bytes.length === 0) return bytes.subarray(0, length);
  if (isOver) return bytes;
  return bytes.length < longLineBytes ? bytes.subarray(0, 0) : withoutCutCharacter(bytes);
}

/** Cuts off an incomplete UTF-8 character at the end. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  const cut = [1, 2, 3].find((back) => (bytes.at(-back) ?? 0) >= 0xc0) ?? 0;
  const lead = bytes.at(-cut) ?? 0;
  const characterBytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  return cut > 0 && cut < characterBytes ? bytes.subarray(0, -cut) : bytes;
}
