// `remotetask init`: makes a first config, for what installs this program.
import fs from 'node:fs';
import type { Command } from './command.ts';
import { writeFirstConfig } from './first-config.ts';
import { announceConfig, showWelcome } from './welcome.ts';

export const init: Command = {
  name: 'init',
  summary: 'Makes a first config, with new keys and a harmless task, unless it exists',
  details: [
    'In a terminal it shows the address of the task and a QR code. A config that exists is left as it is, so this can be called after each installation and update.',
    'If $STATE_DIRECTORY names a folder, as in a unit of systemd, the config puts log and history there; else they are beside it.',
  ],
  async run(input) {
    if (fs.existsSync(input.configFile)) console.log(`${input.configFile} exists, and is left as it is`);
    else {
      writeFirstConfig(input.configFile, input.env);
      announceConfig(input);
    }
    showWelcome(input, true);
    return 0;
  },
};
