// `npm run torture:worker`: kills a daemon with a worker of its own at random for a time, by default a minute, and checks that no run was lost. `--seconds N` takes another time.
import { parseArgs } from 'node:util';
import { killServers } from '../test/support/killed-servers.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const endMs = performance.now() + Number(values.seconds) * 1000;
const afters: (() => Promise<void> | void)[] = [];
let kills = 0;
try {
  const result = await killServers(
    { after: (fn) => void afters.push(fn) },
    {
      isEnough(done) {
        kills = done;
        return performance.now() > endMs;
      },
      toPauseMs: () => Math.random() ** 2 * 2000,
    },
  );
  console.log(
    `${kills} kills; ${result.runs} runs, ${result.acknowledged} of them acknowledged, each with its true exit status; ${result.unbegun} never began, and their history says so`,
  );
} finally {
  for (const fn of afters.toReversed()) await fn();
}
