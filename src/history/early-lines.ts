// The early lines of a history, before those of the last runs: most belong to ended runs that are no longer remembered.

/** How our lines about a run begin; any other line is left to the parser. */
const head = /^\{"event":"(start|begin|end)","run":"([^"\\]+)",/;
const taskAndTime = /^.*?,"task":"([^"\\]+)",.*?"at":"([^"\\]+)"/;
const time = /"at":"([^"\\]+)"/;

export interface EarlyLines {
  add(text: string): void;
  /** Passes on the lines of the runs that have not ended. */
  end(): void;
}

/**
 * Skips lines that need not be remembered, and reads only the beginning of each. `take` gets the other lines, those of a run
 * together, once it has ended; `onStart` gets the skipped starts since a time (ISO 8601, UTC); `isNeeded` returns
 * whether a run must be remembered, whatever its lines contain.
 */
export function createEarlyLines({
  take,
  isNeeded,
  onStart,
  since,
}: {
  readonly take: (text: string) => void;
  readonly isNeeded: (run: string) => boolean;
  readonly onStart: (task: string, at: string) => void;
  readonly since: string;
}): EarlyLines {
  /** The lines of runs that have not ended so far. */
  const open = new Map<string, string[]>();
  return {
    add(text) {
      const [, event, run = ''] = text.endsWith('}') ? (head.exec(text) ?? []) : [];
      if (event === 'start') return void open.set(run, [text]);
      const lines = open.get(run);
      if (event === undefined || lines === undefined) return take(text);
      lines.push(text);
      if (event === 'begin') return;
      open.delete(run);
      const [start = ''] = lines;
      const [, task, at = ''] = taskAndTime.exec(start) ?? [];
      const isPlain =
        task !== undefined && !start.includes('"idempotencyKey"') && !start.includes('"isQueued"');
      // A run that waited for its turn counts from its turn.
      const isRecent = lines.slice(0, -1).some((line) => (time.exec(line)?.[1] ?? '') >= since);
      if (isNeeded(run) || (isRecent && !isPlain)) lines.forEach(take);
      else if (at >= since && task !== undefined) onStart(task, at);
    },
    end() {
      for (const lines of open.values()) lines.forEach(take);
      open.clear();
    },
  };
}
