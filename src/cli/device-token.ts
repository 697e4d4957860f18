// `remotetask device-token`: signs in to DSM with a one-time code, and shows what stands for such codes from then on.
import { createInterface } from 'node:readline/promises';
import { loadConfig } from '../config/load.ts';
import { renderForNas } from '../dsm/errors.ts';
import { createDsmHttp } from '../dsm/http.ts';
import { renderNas, type NasSettings } from '../dsm/options.ts';
import { signIn, signOut } from '../dsm/sign-in.ts';
import { AppError } from '../errors.ts';
import type { Command } from './command.ts';
import { requireTerminal } from './terminal.ts';

export const deviceToken: Command = {
  name: 'device-token',
  usage: 'device-token [NAS]',
  summary: "Signs in to DSM with a one-time code, and shows the token for the config's dsm.webapi.deviceToken; NAS: where it has several",
  maxOperands: 1,
  async run({ configFile, operands: [name], env, isTerminal }) {
    requireTerminal(isTerminal);
    const nas = findNas(loadConfig(configFile, env).nases, name);
    const place = nas.name === '' ? 'dsm' : `dsm.${nas.name}`;
    const { webapi } = nas;
    if (webapi === undefined) throw new AppError('usage', `Add "webapi" to "${place}" in the config first: it says where to sign in`);
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const code = (await terminal.question('One-time code: ')).replaceAll(/\s/g, '');
    terminal.close();
    if (!/^\d{6,8}$/.test(code)) throw new AppError('usage', 'Type the digits of the one-time code that your phone shows');
    const send = createDsmHttp(webapi);
    const result = await signIn(send, webapi, new AbortController().signal, code);
    if (result.kind !== 'signed-in')
      throw new AppError('dsm-failed', `Cannot sign in to ${renderNas(nas.name)}`, [renderForNas(nas.name, result.reason)]);
    await signOut(send, result.session, webapi);
    if (result.deviceToken === undefined)
      throw new AppError('dsm-failed', 'DSM gave no device token', ['Does the account have two-factor authentication at all?']);
    console.log(`${result.deviceToken}\nKeep it like a password, and give it as ${place}.webapi.deviceToken.`);
    return 0;
  },
};

/** The NAS of a name; without a name the only one. */
function findNas(nases: ReadonlyMap<string, NasSettings>, name: string | undefined): NasSettings {
  const [only, another] = nases.values();
  const found = name === undefined && another === undefined ? only : nases.get(name ?? '');
  if (found !== undefined) return found;
  if (nases.has('')) throw new AppError('usage', 'The config has one NAS, without a name', ['Leave the name out']);
  throw new AppError('usage', name === undefined ? 'Name the NAS' : `There is no NAS "${name}" in the config`, [
    `Its NASes are ${[...nases.keys()].join(', ')}`,
  ]);
}
