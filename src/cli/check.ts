// `remotetask check`: is the config fit for use?
import { loadConfig } from '../config/load.ts';
import type { Command } from './command.ts';

export const check: Command = {
  name: 'check',
  usage: 'check',
  summary: 'Checks the config: all problems at once, and what could be better',
  maxOperands: 0,
  async run({ configFile, env }) {
    const { keys, warnings } = loadConfig(configFile, env);
    for (const warning of warnings) console.error(`Warning: ${warning}`);
    const count = keys.tasks.length === 1 ? '1 task' : `${keys.tasks.length} tasks`;
    console.log(`${configFile} is fine: ${count}${warnings.length === 0 ? '' : `, warnings: ${warnings.length}`}`);
    return 0;
  },
};
