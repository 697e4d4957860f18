// `remotetask keys revoke`: removes keys from the config.
import { removeKey } from '../config/edit-keys.ts';
import { toTyped } from '../called.ts';
import { AppError } from '../errors.ts';
import { chooseKeys, renderKey, type ChosenKey } from './chosen-keys.ts';
import type { Command } from './command.ts';
import { changeKeys, changeStatuses, openKeys } from './key-changes.ts';
import { openPrompt } from './prompt.ts';

export const keysRevoke: Command = {
  name: 'keys revoke',
  operands: [{ name: 'LABEL', kind: 'label' }],
  options: ['task', 'yes'],
  summary: 'Removes the keys that have a label from the config; their addresses then open nothing',
  details: [
    'It asks first; outside of a terminal it needs --yes. The only key of a task, and the only magic key, cannot be removed: `keys rotate` replaces it. Runs that are under way continue.',
  ],
  statuses: changeStatuses,
  async run(input) {
    const { operands, options, isTerminal, configFile } = input;
    const edit = openKeys(input);
    const chosen = chooseKeys(edit.before.placedKeys, { label: operands[0], task: options.task });
    for (const one of chosen) requireAnother(one, chosen);
    const shown = chosen.map(renderKey).join(' and ');
    if (
      options.yes !== true &&
      !(await isConfirmed(`Remove ${shown}? The addresses with it then open nothing.`, isTerminal))
    ) {
      console.log('Nothing was removed');
      return 1;
    }
    const { untilTakenUp } = await changeKeys(edit, input, (text) =>
      // From the end, so that the numbers of the others stay.
      chosen.reduceRight((edited, { key }) => removeKey(edited, key), text),
    );
    console.log(`Removed ${shown} from ${configFile}`);
    console.log(await untilTakenUp());
    return 0;
  },
};

function requireAnother(one: ChosenKey, chosen: readonly ChosenKey[]): void {
  const removed = chosen.filter(({ lock }) => lock === one.lock).length;
  if (one.lock.keys.length === removed)
    throw new AppError('usage', `Nothing would be left to open with: ${renderKey(one)} is the only one`, [
      `${toTyped('keys rotate')} replaces it, and ${toTyped('keys new')} adds another one`,
    ]);
}

async function isConfirmed(question: string, isTerminal: boolean): Promise<boolean> {
  if (!isTerminal || !process.stdin.isTTY)
    throw new AppError('usage', 'Give --yes to remove keys without being asked');
  const prompt = openPrompt();
  try {
    return await prompt.confirm(question);
  } finally {
    prompt.close();
  }
}
