// How much output the runs of a worker may send to the server: what programs print without end must not fill the link.

/** So much may be sent within a slot of time, for all runs together. */
const slotBytes = 262_144;
const slotMs = 100;

export interface OutputWindow {
  /** Whether output may be sent now. */
  isOpen(): boolean;
  /** So many bytes were sent. */
  spend(bytes: number): void;
  /** Calls `flush` once the window is open. */
  wait(flush: () => void): void;
  /** Begins with another link, or with none: nothing waits any more. */
  reset(): void;
}

/** Creates a window onto a link that may be full. */
export function createOutputWindow(isFull: () => boolean): OutputWindow {
  const waiting = new Set<() => void>();
  let left = slotBytes;
  let slot: NodeJS.Timeout | undefined;
  const isOpen = (): boolean => left > 0 && !isFull();
  const open = (): void => {
    slot = undefined;
    left = slotBytes;
    const inTurn = [...waiting];
    for (const flush of inTurn) {
      if (!isOpen()) break;
      waiting.delete(flush);
      flush();
    }
    if (waiting.size > 0) beginSlot();
  };
  const beginSlot = (): void => void (slot ??= setTimeout(open, slotMs).unref());
  return {
    isOpen,
    spend(bytes) {
      left -= bytes;
      beginSlot();
    },
    wait(flush) {
      waiting.add(flush);
      beginSlot();
    },
    reset() {
      clearTimeout(slot);
      slot = undefined;
      left = slotBytes;
      waiting.clear();
    },
  };
}
