// `npm run fake-dsm`: a simulated DSM to play with, and the config that goes with it. `--profile 6` is another DSM, `--https` has a certificate.
import { parseArgs } from 'node:util';
import { createCertificate } from '../test/support/certificate.ts';
import { account, password, startFakeDsm, type FakeDsmOptions } from '../test/support/fake-dsm/fake-dsm.ts';

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: '7' },
    port: { type: 'string', default: '5000' },
    https: { type: 'boolean', default: false },
  },
});
const profiles = { '5': 5, '6': 6, '7': 7 } as const;
const profile = profiles[values.profile as keyof typeof profiles] ?? 7;
const certificate = values.https ? createCertificate('127.0.0.1') : undefined;
const options: FakeDsmOptions = {
  profile,
  port: Number(values.port),
  scheduled: [
    { id: 7, name: 'Back up photos', ms: 8000 },
    { id: 8, name: 'Fails', ms: 2000, exitCode: 3 },
  ],
  triggered: [{ name: 'Camera check off', ms: 1000, output: 'The camera is off.\n' }],
  ...(certificate === undefined ? {} : { certificate }),
};

let end: (() => Promise<void>) | undefined;
const dsm = await startFakeDsm({ after: (fn) => void (end = fn) }, options);
const webapi = {
  url: dsm.url,
  account,
  password,
  ...(certificate === undefined ? {} : { fingerprint: certificate.fingerprint }),
};
console.log(`DSM ${profile} at ${dsm.url}, with the tasks 7 and 8 and "Camera check off". For a config:\n`);
console.log(JSON.stringify({ dsm: { via: 'webapi', webapi } }, null, 2));
process.once('SIGINT', () => void end?.());
