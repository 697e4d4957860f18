// Output as events for the page of a run: the lines that have changed, as HTML.
import type { ToEvents } from '../http/line-events.ts';
import type { Language } from '../languages/language.ts';
import { renderLines } from '../listener/output-html.ts';
import { createTerminal } from '../terminal-text/terminal.ts';

/**
 * Makes `lines`: of the page's lines, `dropped` at the top are gone, and those from `from` on are now `lines`. The first has
 * all lines, so that a page may come back at any time. `from` is the number of bytes before the first that are not shown.
 */
export function createScreenEvents(from: number, words: Language['notShown']): ToEvents {
  const terminal = createTerminal();
  if (from > 0) terminal.note(`[${words.before(from)}]`);
  return (bytes, { skippedBytes }) => {
    if (skippedBytes > 0) terminal.note(`[${words.skipped(skippedBytes)}]`);
    terminal.write(bytes);
    const { lines, ...change } = terminal.takeChange();
    const data = JSON.stringify({ ...change, lines: renderLines(lines, true) });
    const seenBytes = bytes.length;
    return {
      usedBytes: seenBytes,
      events: seenBytes > 0 || skippedBytes > 0 ? [{ event: 'lines', data, seenBytes }] : [],
    };
  };
}
