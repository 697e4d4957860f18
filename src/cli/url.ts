// `remotetask url`: prints the addresses to tap, with a QR code for a phone.
import { loadWithClearKeys, type ClearKeys } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { renderQrCode, toBaseUrls, toOverviewUrl, toTaskUrl } from '../daemon/addresses.ts';
import { renderJson } from '../untrusted-text.ts';
import { requireTerminal } from './terminal.ts';
import type { Command } from './command.ts';

export const url: Command = {
  name: 'url',
  operands: [{ name: 'TASK', kind: 'task', isOptional: true }],
  options: ['base', 'json'],
  summary: 'Shows the addresses of the tasks and of their `/home`, and a QR code for one',
  details: [
    'Keys are shown in a terminal only. With `--json` they are written into pipes and files, too: keep those to yourself.',
  ],
  async run({ configFile, operands: [id], options: { base, json: isJson = false }, env, isTerminal }) {
    requireTerminal(isTerminal || isJson);
    const { loaded, clearKeys } = loadWithClearKeys(configFile, env);
    const [baseUrl = '', ...otherBases] = base === undefined ? toBaseUrls(loaded) : [requireHttpUrl(base)];
    const shown = id === undefined ? clearKeys : [findTask(clearKeys, id)];
    const magicKey = id === undefined && loaded.keys.hasOverview ? clearKeys[0]?.magicKey : undefined;
    if (isJson) {
      const overview = magicKey === undefined ? null : toOverviewUrl(baseUrl, magicKey);
      console.log(
        renderJson({
          base: baseUrl,
          overview,
          tasks: shown.map((keys) => toJson(keys, baseUrl)),
        }),
      );
      return 0;
    }
    for (const keys of shown) console.log(renderTaskUrl(keys, baseUrl));
    if (magicKey !== undefined) console.log(`Overview\n  ${toOverviewUrl(baseUrl, magicKey)}`);
    if (otherBases.length > 0) console.log(renderOtherBases(otherBases));
    const [only] = shown;
    if (shown.length === 1 && only !== undefined) console.log(renderTaskQrCode(only, baseUrl));
    return 0;
  },
};

/** A task's id and name, its address, and the address that puts it on a home screen. */
export function renderTaskUrl({ task, magicKey, taskKey }: ClearKeys, baseUrl: string): string {
  const title = `${task.id} (${task.name})`;
  if (magicKey === undefined || taskKey === undefined)
    return `${title}\n  (no key of it that is valid stands in clear in the config)`;
  const address = toTaskUrl(baseUrl, magicKey, taskKey);
  return `${title}\n  ${address}\n  ${address}/home (puts it on the home screen)`;
}

/** The other addresses of this machine, in case that the one shown cannot be reached. */
export function renderOtherBases(bases: readonly string[]): string {
  return `Other addresses of this machine: ${bases.join(', ')}`;
}

function toJson({ task, magicKey, taskKey }: ClearKeys, baseUrl: string): object {
  const address =
    magicKey === undefined || taskKey === undefined ? null : toTaskUrl(baseUrl, magicKey, taskKey);
  return { task: task.id, name: task.name, address, home: address === null ? null : `${address}/home` };
}

/** The QR code of a task's address, or nothing if the config does not hold its keys in clear. */
export function renderTaskQrCode({ magicKey, taskKey }: ClearKeys, baseUrl: string): string {
  return magicKey === undefined || taskKey === undefined
    ? ''
    : renderQrCode(toTaskUrl(baseUrl, magicKey, taskKey));
}

function findTask(all: readonly ClearKeys[], id: string): ClearKeys {
  const found = all.find(({ task }) => task.id === id);
  if (found === undefined)
    throw new AppError('usage', `There is no task "${id}" in the config`, [
      `Its tasks are ${all.map(({ task }) => task.id).join(', ')}`,
    ]);
  return found;
}

function requireHttpUrl(base: string): string {
  if (!/^https?:\/\/[^\s?#@]+$/.test(base) || !URL.canParse(base))
    throw new AppError('usage', 'Give --base as an address such as https://nas.example.org:10765');
  return base;
}
