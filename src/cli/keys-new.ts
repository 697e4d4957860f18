// `remotetask keys new`: adds a key to the config.
import { addKey, nameKey } from '../config/edit-keys.ts';
import { toTyped } from '../called.ts';
import { AppError } from '../errors.ts';
import { toOneLine } from '../untrusted-text.ts';
import { findLock, renderLock, type Lock } from './chosen-keys.ts';
import type { Command } from './command.ts';
import {
  changeKeys,
  changeStatuses,
  makeKey,
  openKeys,
  showKey,
  toExpires,
  toMoment,
} from './key-changes.ts';
import { requireHttpUrl } from './url.ts';

export const keysNew: Command = {
  name: 'keys new',
  options: ['task', 'label', 'expires', 'hash', 'base'],
  summary: 'Adds a magic key, or a key of a task, to the config, and shows the addresses with it',
  details: [
    'A single key becomes a list: it then has the label "first", or "first of TASK", and keeps working. Comments and formatting of the config stay as they are. A daemon that is running takes the change up at once.',
    'Keys are shown in a terminal only. With --hash, a key is shown this once, so it needs a terminal.',
  ],
  statuses: changeStatuses,
  async run(input) {
    const { options, isTerminal } = input;
    const { task, label: wanted, expires, hash: isHashed = false, base } = options;
    if (base !== undefined) requireHttpUrl(base);
    const nowMs = Date.now();
    const edit = openKeys(input);
    const lock = findLock(edit.before.placedKeys, task);
    const label = chooseLabel(lock, wanted);
    const made = makeKey(isHashed, isTerminal);
    const facts = {
      label,
      key: made.written,
      created: toMoment(nowMs),
      expires: expires === undefined ? undefined : toExpires(expires, nowMs),
    };
    const { after, untilTakenUp } = await changeKeys(edit, input, (text) => addKey(text, lock.keys, facts));
    console.log(`Added the ${renderLock(lock)} "${toOneLine(label)}" to ${input.configFile}`);
    showKey(made, { after, label, base }, input);
    console.log(await untilTakenUp());
    return 0;
  },
};

/** The label of a new key: none that another key of the same lock has. Throws AppError `usage`. */
function chooseLabel({ keys }: Lock, wanted: string | undefined): string {
  const taken = new Set(keys.map(({ label }) => label));
  if (wanted === undefined) {
    let n = keys.length + 1;
    const name = (): string => nameKey(`key ${n}`, keys[0]?.path ?? []);
    while (taken.has(name())) n++;
    return name();
  }
  if (wanted === '') throw new AppError('usage', 'Give --label a name for the key: it is empty');
  if (taken.has(wanted))
    throw new AppError('usage', `There is a key with the label "${toOneLine(wanted)}" already`, [
      `${toTyped('keys rotate')} replaces it`,
    ]);
  return wanted;
}
