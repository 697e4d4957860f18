// Lines of a history that stand before those of the last runs: most are of runs that have ended and are remembered no longer.

/** What the lines of a run begin with, as we write them; anything else is left to the parser. */
const head = /^\{"event":"(start|begin|end)","run":"([^"\\]+)",/;
const taskAndTime = /^.*?,"task":"([^"\\]+)",.*?"at":"([^"\\]+)"/;

export interface EarlyLines {
  add(text: string): void;
  /** Takes the lines of the runs that have not ended. */
  end(): void;
}

/**
 * Passes lines over that nothing is remembered of, with a look at their beginning only. `take` gets the others, those of a run
 * together and once it has ended; `onStart` the starts since a time (ISO 8601, UTC) that are passed over; `isNeeded` says
 * whether a run must be remembered, whatever its lines say.
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
      const isPlain = task !== undefined && !start.includes('"idempotencyKey"') && !start.includes('"isQueued"');
      if (isNeeded(run) || (at >= since && !isPlain)) lines.forEach(take);
      else if (at >= since && task !== undefined) onStart(task, at);
    },
    end() {
      for (const lines of open.values()) lines.forEach(take);
      open.clear();
    },
  };
}
