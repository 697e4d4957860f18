// What `npm test` prints: the report of Node, and above its counts what was skipped, with the remedy.
import { Readable } from 'node:stream';
import { spec } from 'node:test/reporters';
import type { TestEvent } from 'node:test/reporters';

/** Adds a line for each reason that tests were skipped for, in front of the counts at the end. */
export async function* sumUpSkipped(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  const skipped = new Map<string, number>();
  for await (const event of events) {
    // Of a suite that is skipped, its tests are not reported: it counts as one.
    if (event.type === 'test:pass' && event.data.skip !== undefined) {
      const reason = typeof event.data.skip === 'string' ? event.data.skip : 'no reason is given';
      skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    }
    if (
      event.type === 'test:diagnostic' &&
      event.data.nesting === 0 &&
      /^tests \d+$/.test(event.data.message)
    ) {
      for (const [reason, count] of skipped) {
        const message = `${count} ${count === 1 ? 'test was' : 'tests were'} skipped: ${reason}`;
        yield { type: 'test:diagnostic', data: { nesting: 0, message, level: 'warn' } };
      }
    }
    yield event;
  }
}

/** The reporter. */
// oxlint-disable-next-line import/no-default-export -- Node takes a reporter from there
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const text of Readable.from(sumUpSkipped(events)).compose(new spec())) yield String(text);
}
