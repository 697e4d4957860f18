// `remotetask check`: is the config fit for use, and is there a way into DSM?
import { loadConfig } from '../config/load.ts';
import { chooseWay, loadWayFacts } from '../dsm/choose-way.ts';
import type { Command } from './command.ts';
import { describeWay } from './ways.ts';

export const check: Command = {
  name: 'check',
  usage: 'check',
  summary: 'Checks the config: all problems at once, and what could be better',
  maxOperands: 0,
  async run({ configFile, env }) {
    const { keys, nases, warnings } = loadConfig(configFile, env);
    const ways = [...nases.values()].flatMap((nas) => describeWay(nas.name, chooseWay(nas, loadWayFacts(nas)), keys) ?? []);
    const all = [...warnings, ...ways.filter(({ isWarning }) => isWarning).map(({ text }) => text)];
    for (const warning of all) console.error(`Warning: ${warning}`);
    for (const { text, isWarning } of ways) if (!isWarning) console.log(text);
    const count = keys.tasks.length === 1 ? '1 task' : `${keys.tasks.length} tasks`;
    console.log(`${configFile} is fine: ${count}${all.length === 0 ? '' : `, warnings: ${all.length}`}`);
    return 0;
  },
};
