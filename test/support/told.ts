// How a run is reported everywhere: to curl, on a phone's page, as JSON, in the log and in the history.
import assert from 'node:assert/strict';
import { Outcome, renderOutcome } from '../../src/outcome.ts';
import { until, type TestDaemon } from './daemon.ts';
import { withoutCode } from './outcome.ts';

/** How a run has to end; `output` is what its task shows. */
export type Told = Outcome & { readonly output?: string };

const statuses = { succeeded: 200, failed: 500, 'timed-out': 504, stopped: 500, lost: 202, unconfirmed: 202 };

/** Starts a task without a name as curl does, waits for its end, and checks that all reports agree. */
export async function assertTold(
  daemon: TestDaemon,
  id: string,
  { output = '', ...outcome }: Told,
  during: (run: string) => Promise<void> = async () => {},
): Promise<void> {
  const calling = fetch(`${daemon.url(id)}?wait=300`, { method: 'POST', headers: { accept: '*/*' } });
  const start = await until(
    () => daemon.history().find(({ event, task }) => event === 'start' && task === id),
    `the start of ${id}`,
  );
  const [run, name] = [String(start['run']), String(start['name'])];
  await during(run);
  const called = await calling;
  const { kind, exitCode, reason } = outcome;
  const shown = output === '' || output.endsWith('\n') ? output : `${output}\n`;
  const line = `${name}: ${renderOutcome(outcome)}.${reason === undefined ? '' : ` ${reason}`}\n`;
  assert.deepEqual(
    [called.status, (await called.text()).replace(/ after \d[^.]*(?:\.\d+ [a-z]+)?\./, '.')],
    [statuses[kind], shown + line],
    id,
  );

  const address = `${daemon.base}/runs/${run}`;
  const response = await fetch(address, { headers: { accept: 'text/html' } });
  const page = await response.text();
  const title = /<title>(.*)<\/title>/.exec(page)?.[1] ?? '';
  assert.ok(unescapeHtml(title).endsWith(` ${name}: ${renderOutcome({ kind })}`), `${id}: ${title}`);
  assert.equal(response.headers.get('refresh'), null, id);
  if (kind === 'failed' && exitCode !== undefined) assert.match(page, new RegExp(`<dd>${exitCode}</dd>`), id);
  // A page shows what carriage returns and tabs do, not them.
  for (const part of [reason ?? '', /[\r\t]/.test(output) ? '' : output])
    assert.ok(unescapeHtml(page).includes(part), `${id}: the page says ${JSON.stringify(part)}`);

  const json = (await (await fetch(address, { headers: { accept: 'application/json' } })).json()) as Record<
    string,
    unknown
  >;
  assert.deepEqual(
    [json['state'], json['exitCode'], json['reason'], json['output'] ?? '', 'code' in json],
    [kind, exitCode ?? null, reason, output, reason !== undefined],
    id,
  );

  const end = await until(
    () => daemon.history().find((line) => line['event'] === 'end' && line['run'] === run),
    `the end of ${id}`,
  );
  const { success, data: recorded } = Outcome.safeParse(end['outcome']);
  assert.ok(success, id);
  assert.deepEqual(withoutCode(recorded), outcome, id);
  const logged = await daemon.logged((line) => line['event'] === 'run-ended' && line['run'] === run);
  assert.deepEqual(
    [logged['outcome'], logged['exitCode'], logged['reason'], logged['code'], json['code']],
    [kind, exitCode, reason, recorded.why?.code, recorded.why?.code],
    id,
  );
}

function unescapeHtml(text: string): string {
  const signs: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };
  return text.replaceAll(/&(#?\w+);/g, (whole, name: string) => signs[name] ?? whole);
}
