// The guest links of a history, read without its daemon.
import { systemClock } from '../clock.ts';
import { readJournal } from '../history/journal.ts';
import type { KeyDigest } from '../keys.ts';
import { apply, isOpen, LinkLine, type Link } from './link-lines.ts';
import { toLinksPath } from './links.ts';

/** How many guest links are open. Throws AppError `history-unusable`. */
export function countOpenLinks(historyPath: string): number {
  const links = new Map<KeyDigest, Link>();
  readJournal(toLinksPath(historyPath), LinkLine, (line) => apply(links, line));
  const nowMs = systemClock.wallMs();
  return [...links.values()].filter((link) => isOpen(link, nowMs)).length;
}
