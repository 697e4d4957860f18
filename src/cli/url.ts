// `remotetask url`: prints the addresses to tap, with a QR code for a phone.
import { loadWithClearKeys, type ClearKeys } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { toBaseUrls, toOverviewUrl } from '../daemon/addresses.ts';
import { renderJson } from '../untrusted-text.ts';
import {
  listAddresses,
  renderOtherBases,
  nameKeys,
  renderTaskAddresses,
  renderWithQrCode,
  requireLabel,
  type TaskAddress,
} from './task-addresses.ts';
import { findTask } from './find-task.ts';
import { quoteWord } from '../called.ts';
import { requireTerminal } from './terminal.ts';
import type { Command } from './command.ts';

export const url: Command = {
  name: 'url',
  operands: [{ name: 'TASK', kind: 'task', isOptional: true }],
  options: ['for', 'base', 'json'],
  summary: 'Shows the addresses of the tasks and of their `/home`, and for one task a QR code of its `/home`',
  details: [
    'Where keys have labels, each address is shown with its label; `--for` chooses one, and then there is a QR code. A phone that scans it starts nothing: it opens the page that puts the task on the home screen.',
    'Keys are shown in a terminal only. With `--json` they are written into pipes and files, too: keep those to yourself.',
  ],
  async run({ configFile, operands: [id], options, env, isTerminal, called }) {
    const { base, for: label, json: isJson = false } = options;
    requireTerminal(isTerminal || isJson);
    const { loaded, ...found } = loadWithClearKeys(configFile, env);
    const clearKeys = nameKeys(found.clearKeys, loaded);
    requireLabel(loaded.keys, label);
    const [baseUrl = '', ...otherBases] = base === undefined ? toBaseUrls(loaded) : [requireHttpUrl(base)];
    const shown = (id === undefined ? clearKeys : [findTask(clearKeys, id, ({ task }) => task.id)]).map(
      (keys) => ({
        keys,
        addresses: listAddresses(keys, baseUrl, label),
      }),
    );
    const magicKey = id === undefined && loaded.keys.hasOverview ? clearKeys[0]?.magicKey : undefined;
    if (isJson) {
      const overview = magicKey === undefined ? null : toOverviewUrl(baseUrl, magicKey);
      const tasks = shown.map(({ keys, addresses }) => toJson(keys, addresses));
      console.log(renderJson({ base: baseUrl, overview, tasks }));
      return 0;
    }
    const [only, another] = shown;
    const isAlone = only !== undefined && another === undefined;
    for (const { keys, addresses } of shown)
      console.log(
        isAlone
          ? renderWithQrCode(keys, addresses, `${called} url ${quoteWord(keys.task.id)}`)
          : renderTaskAddresses(keys, addresses),
      );
    if (magicKey !== undefined) console.log(`Overview\n  ${toOverviewUrl(baseUrl, magicKey)}`);
    if (otherBases.length > 0) console.log(renderOtherBases(otherBases));
    return 0;
  },
};

/** `label`, `address` and `home` are those of the first address. */
function toJson({ task }: ClearKeys, addresses: readonly TaskAddress[]): object {
  const first = addresses[0] ?? { label: null, address: null, home: null };
  return { task: task.id, name: task.name, ...first, addresses };
}

/** The address that callers use. Throws AppError `usage`. */
export function requireHttpUrl(base: string): string {
  if (!/^https?:\/\/[^\s?#@]+$/.test(base) || !URL.canParse(base))
    throw new AppError('usage', 'Give --base as an address such as https://nas.example.org:10765');
  return base;
}
