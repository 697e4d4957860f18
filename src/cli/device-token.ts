// `remotetask device-token`: signs in to DSM with a one-time code, and prints the token that replaces such codes from then on.
import { createInterface } from 'node:readline/promises';
import { loadConfig } from '../config/load.ts';
import { ofNas } from '../dsm/call.ts';
import { createDsmHttp } from '../dsm/http.ts';
import { renderNas } from '../dsm/options.ts';
import { signIn, signOut } from '../dsm/sign-in.ts';
import { AppError } from '../errors.ts';
import type { Command } from './command.ts';
import { findNas } from './find-nas.ts';
import { requireTerminal } from './terminal.ts';

export const deviceToken: Command = {
  name: 'device-token',
  operands: [{ name: 'NAS', kind: 'nas', isOptional: true }],
  summary: 'Signs in to DSM with a one-time code, and shows the token for `dsm.webapi.deviceToken`',
  async run({ configFile, operands: [name], env, isTerminal }) {
    requireTerminal(isTerminal);
    const nas = findNas(loadConfig(configFile, env).nases, name);
    const place = nas.name === '' ? 'dsm' : `dsm.${nas.name}`;
    const { webapi } = nas;
    if (webapi === undefined)
      throw new AppError('usage', `Add "webapi" to "${place}" in the config first: it says where to sign in`);
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const code = (await terminal.question('One-time code: ')).replaceAll(/\s/g, '');
    terminal.close();
    if (!/^\d{6,8}$/.test(code))
      throw new AppError('usage', 'Type the digits of the one-time code that your phone shows');
    const send = createDsmHttp(webapi);
    const result = await signIn(send, webapi, new AbortController().signal, code);
    if (result.kind !== 'signed-in')
      throw new AppError('dsm-failed', `Cannot sign in to ${renderNas(nas.name)}`, [
        ofNas(nas.name, result).reason,
      ]);
    await signOut(send, result.session, webapi);
    if (result.deviceToken === undefined)
      throw new AppError('dsm-failed', 'DSM gave no device token', [
        'The one-time code was right, but DSM does not trust this device: does the account have two-factor authentication at all, and may it trust devices (Control Panel > Security > Account)?',
      ]);
    console.log(
      `${result.deviceToken}\nKeep it like a password, and give it as ${place}.webapi.deviceToken.`,
    );
    return 0;
  },
};
