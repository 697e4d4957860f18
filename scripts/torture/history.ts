// The history of the daemon under torture, as it grows, is compacted and is read back.
import fs from 'node:fs';
import type { HistoryEnd } from './model.ts';

export interface SeenHistory {
  readonly starts: Set<string>;
  readonly ends: Map<string, HistoryEnd[]>;
  /** Lines that cannot be read, at most at one time. */
  damagedLines: number;
}

/** Adds what the file holds now to what was seen of it before: ends of earlier rounds may have been forgotten since, rightly. */
export function lookAt(file: string, seen: SeenHistory): void {
  if (!fs.existsSync(file)) return;
  const ends = new Map<string, HistoryEnd[]>();
  let damagedLines = 0;
  for (const line of fs.readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
    const entry = parse(line);
    if (entry === undefined) damagedLines++;
    else if (entry.event === 'start') seen.starts.add(entry.run);
    else if (entry.event === 'end' && entry.outcome !== undefined)
      ends.set(entry.run, [...(ends.get(entry.run) ?? []), entry.outcome]);
  }
  for (const [run, all] of ends) seen.ends.set(run, all);
  seen.damagedLines = Math.max(seen.damagedLines, damagedLines);
}

function parse(
  line: string,
): { readonly event: string; readonly run: string; readonly outcome?: HistoryEnd } | undefined {
  try {
    return JSON.parse(line) as { event: string; run: string; outcome?: HistoryEnd };
  } catch {
    return undefined;
  }
}
