// `remotetask check`: checks whether the config is usable, and whether DSM can be reached.
import { inspectConfig } from '../config/load.ts';
import { chooseTransport, loadTransportFacts } from '../dsm/transport.ts';
import { renderJson } from '../untrusted-text.ts';
import { askLive } from './check-live.ts';
import type { Command } from './command.ts';
import { describeTransport } from '../nas/transport-notices.ts';

export const check: Command = {
  name: 'check',
  options: ['live', 'json'],
  summary: "Checks the config, suggests improvements, and shows how DSM's tasks are run",
  async run({ configFile, env, options: { live: isLive = false, json: isJson = false } }) {
    const found = inspectConfig(configFile, env);
    const { warnings } = found;
    if (found.kind === 'unusable') {
      for (const warning of warnings) console.error(`Warning: ${warning}`);
      throw found.error;
    }
    const config = found.loaded;
    const { tasks, nases } = config;
    const ways = [...nases.values()].flatMap(
      (nas) => describeTransport(nas.name, chooseTransport(nas, loadTransportFacts(nas)), tasks) ?? [],
    );
    const live = isLive ? await askLive(config) : { warnings: [], troubles: [], asked: [] };
    const all = [
      ...warnings,
      ...ways.filter(({ isWarning }) => isWarning).map(({ text }) => text),
      ...live.warnings,
    ];
    if (isJson) {
      const { troubles, asked } = live;
      const notices = ways.filter(({ isWarning }) => !isWarning).map(({ text }) => text);
      console.log(
        renderJson({ config: configFile, tasks: tasks.length, warnings: all, notices, asked, troubles }),
      );
      return troubles.length === 0 ? 0 : 1;
    }
    for (const warning of all) console.error(`Warning: ${warning}`);
    for (const { text, isWarning } of ways) if (!isWarning) console.log(text);
    for (const line of live.troubles) console.error(line);
    for (const line of live.asked) console.log(line);
    const count = tasks.length === 1 ? '1 task' : `${tasks.length} tasks`;
    console.log(`${configFile} is fine: ${count}${all.length === 0 ? '' : `, warnings: ${all.length}`}`);
    return live.troubles.length === 0 ? 0 : 1;
  },
};
