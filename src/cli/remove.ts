// `remotetask remove`: removes a task from the config.
import { openConfigEdit } from '../config/open-edit.ts';
import { removeProperty } from '../config/edit.ts';
import { AppError } from '../errors.ts';
import { toControlPath } from '../history/control-path.ts';
import type { Command } from './command.ts';
import { findTask } from './find-task.ts';
import { openPrompt } from './prompt.ts';
import { renderTitle } from './task-addresses.ts';
import { watchDaemon } from './taken-up.ts';

export const remove: Command = {
  name: 'remove',
  operands: [{ name: 'TASK', kind: 'task' }],
  options: ['yes'],
  summary: 'Removes a task from the config; its address then opens nothing',
  details: [
    'It asks first; outside of a terminal it needs --yes. The comments on the line of the task and directly above it are removed, too; everything else stays as it is. A run that is under way continues. Guest links of the task end for good, even if a task of that name is added again.',
  ],
  statuses: { '4': 'the config is written, but the daemon has not taken it up yet' },
  async run({
    configFile,
    operands: [id = ''],
    options: { yes: isUnasked = false },
    env,
    isTerminal,
    called,
  }) {
    const edit = openConfigEdit(configFile, env);
    const { tasks, history } = edit.before.loaded;
    const shown = renderTitle(findTask(tasks, id, (task) => task.id));
    if (!isUnasked && !(await isConfirmed(`Remove ${shown}? Its address then opens nothing.`, isTerminal))) {
      console.log('Nothing was removed');
      return 1;
    }
    const daemon = await watchDaemon(toControlPath(history.path), { configFile, called });
    edit.save((text) => removeProperty(text, ['tasks', id]));
    console.log(`Removed ${shown} from ${configFile}`);
    console.log(await daemon.untilTakenUp());
    return 0;
  },
};

async function isConfirmed(question: string, isTerminal: boolean): Promise<boolean> {
  if (!isTerminal || !process.stdin.isTTY)
    throw new AppError('usage', 'Give --yes to remove a task without being asked');
  const prompt = openPrompt();
  try {
    return await prompt.confirm(question);
  } finally {
    prompt.close();
  }
}
