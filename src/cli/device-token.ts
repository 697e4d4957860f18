// `remotetask device-token`: signs in to DSM with a one-time code, and shows what stands for such codes from then on.
import { createInterface } from 'node:readline/promises';
import { loadConfig } from '../config/load.ts';
import { createDsmHttp } from '../dsm/http.ts';
import { signIn, signOut } from '../dsm/sign-in.ts';
import { AppError } from '../errors.ts';
import type { Command } from './command.ts';
import { requireTerminal } from './terminal.ts';

export const deviceToken: Command = {
  name: 'device-token',
  usage: 'device-token',
  summary: "Signs in to DSM with a one-time code, and shows the token for the config's dsm.webapi.deviceToken",
  maxOperands: 0,
  async run({ configFile, env, isTerminal }) {
    requireTerminal(isTerminal);
    const { webapi } = loadConfig(configFile, env);
    if (webapi === undefined) throw new AppError('usage', 'Add "webapi" to "dsm" in the config first: it says where to sign in');
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const code = (await terminal.question('One-time code: ')).replaceAll(/\s/g, '');
    terminal.close();
    if (!/^\d{6,8}$/.test(code)) throw new AppError('usage', 'Type the digits of the one-time code that your phone shows');
    const send = createDsmHttp(webapi);
    const result = await signIn(send, webapi, new AbortController().signal, code);
    if (result.kind !== 'signed-in') throw new AppError('dsm-failed', 'Cannot sign in to DSM', [result.reason]);
    await signOut(send, result.session, webapi);
    if (result.deviceToken === undefined)
      throw new AppError('dsm-failed', 'DSM gave no device token', ['Does the account have two-factor authentication at all?']);
    console.log(`${result.deviceToken}\nKeep it like a password, and give it as dsm.webapi.deviceToken.`);
    return 0;
  },
};
