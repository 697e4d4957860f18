// A reload that meets a mistake of the program itself: the last good config stays, and the log has the stack without the arguments.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConfigInForce } from '../../src/daemon/config-in-force.ts';
import { systemClock } from '../../src/clock.ts';
import type { LoadedConfig } from '../../src/config/load.ts';
import { createJudge, withTask } from '../support/config.ts';
import { until } from '../support/daemon.ts';
import { createTestLogger } from '../support/logger.ts';

const canary = '/9j/4AAQcanary';
const mistake = (): Error =>
  Object.assign(new Error(`EIO: stat '${canary}'\n    at ${canary}`), { code: 'EIO', path: canary });

for (const where of ['the reading', 'the adopting', 'the watching'] as const) {
  test(`${where} of a config that throws something unexpected keeps the last good one, says so once, and recovers`, async (t) => {
    const { judge, file } = createJudge(t);
    const first = judge(withTask({})).loaded;
    const next = judge(withTask({ name: 'Next' })).loaded;
    assert.ok(first !== undefined && next !== undefined);
    let isBroken = true;
    let reads = 0;
    const taken: LoadedConfig[] = [];
    const { logger, lines } = createTestLogger();
    const fail = (): void => {
      if (isBroken) throw mistake();
    };
    const see = (): void => {
      reads++;
      if (where === 'the watching') fail();
    };
    const config = createConfigInForce({
      first,
      file,
      env: {},
      watch: { begin() {}, see, use() {}, close() {} },
      logger,
      clock: systemClock,
      load() {
        if (where === 'the reading') fail();
        return next;
      },
    });
    t.after(() => config.close());
    config.watch((one) => {
      taken.push(one);
      if (where === 'the adopting' && one === next) fail();
    });
    const count = (event: string): number => lines.filter((line) => line['event'] === event).length;
    for (let times = 1; times <= 2; times++) {
      config.readSoon();
      await until(
        () => (reads === times && config.state().refused !== undefined ? true : undefined),
        'the config to be refused',
      );
    }
    assert.equal(config.now(), first);
    assert.deepEqual([count('bug'), count('config-refused')], [1, 1]);
    assert.match(config.state().refused?.message ?? '', /a mistake in remotetask$/);
    if (where === 'the adopting') assert.equal(taken.at(-1), first);
    const bug = lines.find(({ event }) => event === 'bug');
    assert.match(String(bug?.['stack']), /^Error: EIO\n {4}at .*config-in-force\.test/);
    assert.doesNotMatch(JSON.stringify([lines, config.state().refused]), /4AAQ|canary/);
    isBroken = false;
    config.readSoon();
    await until(() => (config.state().refused === undefined ? true : undefined), 'the config to be taken up');
    assert.equal(config.now(), next);
  });
}
