// `remotetask serve`: runs the daemon until it is told to stop, with a first config if there is none.
import fs from 'node:fs';
import { flushCompileCache } from 'node:module';
import { styleText } from 'node:util';
import { loadConfig, loadWithClearKeys } from '../config/load.ts';
import { toBaseUrl } from './addresses.ts';
import type { Command, CommandInput } from './command.ts';
import { startDaemon, type Daemon } from './daemon.ts';
import { writeFirstConfig } from './first-config.ts';
import { awaitStop } from './signals.ts';
import { renderTaskQrCode, renderTaskUrl } from './url.ts';

export const serve: Command = {
  name: 'serve',
  usage: 'serve',
  summary: 'Runs the daemon (this is what happens without a command); makes a first config if there is none',
  maxOperands: 0,
  async run(input) {
    const isFirstStart = !fs.existsSync(input.configFile);
    if (isFirstStart) writeFirstConfig(input.configFile);
    const config = loadConfig(input.configFile, input.env);
    // Before the daemon says that it listens: whoever reads that may send signals.
    let daemon: Daemon | undefined;
    const stopping = awaitStop({ onHangup: () => daemon?.reload() });
    daemon = await startDaemon(config, input);
    // A compile cache, if there is one, would be written at an orderly exit only, which a daemon may never see.
    flushCompileCache();
    if (isFirstStart) welcome(input);
    await daemon.stop(await stopping);
    // A run that is left would keep the process going.
    process.exit(0);
  },
};

/** After the first start: what to tap. In a terminal only, since it holds the keys. */
function welcome({ configFile, env, isTerminal }: CommandInput): void {
  if (!isTerminal) {
    console.error(`Made ${configFile}. Run \`remotetask url --config ${configFile}\` in a terminal to see the address of its task.`);
    return;
  }
  const { loaded, clearKeys } = loadWithClearKeys(configFile, env);
  const [hello] = clearKeys;
  if (hello === undefined) return;
  const baseUrl = toBaseUrl(loaded);
  console.log(
    `\nMade ${styleText('bold', configFile)} with fresh keys and a harmless task. Tap its address, or scan it with a phone:\n\n${renderTaskUrl(hello, baseUrl)}\n\n${renderTaskQrCode(hello, baseUrl)}\n`,
  );
}
