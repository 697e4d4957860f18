// What the commands that change keys have in common: the new key, its times, the change of the config, and what is shown of it.
import { quoteWord } from '../called.ts';
import type { Inspection } from '../config/load.ts';
import { openConfigEdit, type ConfigEdit } from '../config/open-edit.ts';
import { toBaseUrl } from '../daemon/addresses.ts';
import { AppError } from '../errors.ts';
import { toControlPath } from '../history/control-path.ts';
import { newKey, toKeyDigest } from '../keys.ts';
import { parseDurationMs } from '../values/duration.ts';
import type { CommandInput } from './command.ts';
import { watchDaemon } from './taken-up.ts';
import { listAddresses, renderTaskAddresses, renderWithQrCode } from './task-addresses.ts';
import { requireTerminal } from './terminal.ts';

/** The exit statuses of the commands that change the config. */
export const changeStatuses = {
  '4': 'the config is written, but the daemon has not taken it up yet',
} as const;

type Usable = Extract<Inspection, { readonly kind: 'usable' }>;

/** A key that was just made, as it is and as it is written. */
export interface MadeKey {
  readonly text: string;
  readonly written: string;
  /** Only its digest is written: this is the only time that it can be shown. */
  readonly isHashed: boolean;
}

/** Makes a key. Throws AppError `usage` if it could be shown neither now nor later. */
export function makeKey(isHashed: boolean, isTerminal: boolean): MadeKey {
  if (isHashed) requireTerminal(isTerminal);
  const text = newKey();
  return { text, written: isHashed ? `sha256:${toKeyDigest(text)}` : text, isHashed };
}

/** Wall time as it is written into a config: without milliseconds. */
export function toMoment(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A day, a time or a duration from now on as it is written into a config. Throws AppError `usage`. */
export function toExpires(text: string, nowMs: number): string {
  const ms = parseDurationMs(text);
  if (ms !== undefined) return toMoment(nowMs + ms);
  if (/^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?$/.test(text) && !Number.isNaN(Date.parse(text)))
    return text;
  throw new AppError(
    'usage',
    'Give --expires a day (2027-01-31), a time (2027-01-31T12:00:00Z) or a duration (90d)',
  );
}

/** Throws AppError `usage` if this is not a duration. */
export function requireDuration(option: string, text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined) throw new AppError('usage', `Give ${option} a duration, such as 12h or 7d`);
  return ms;
}

/** Changes the keys of a config; resolves with the config as it is then, and with a function that waits for the daemon. */
export async function changeKeys(
  edit: ConfigEdit,
  { configFile, called }: Pick<CommandInput, 'configFile' | 'called'>,
  change: (text: string) => string,
): Promise<{ readonly after: Usable; readonly untilTakenUp: () => Promise<string> }> {
  const { history } = edit.before.loaded;
  const daemon = await watchDaemon(toControlPath(history.path), { configFile, called });
  return { after: edit.save(change), untilTakenUp: daemon.untilTakenUp };
}

/** Opens a config for a change of its keys. */
export function openKeys({ configFile, env }: Pick<CommandInput, 'configFile' | 'env'>): ConfigEdit {
  return openConfigEdit(configFile, env);
}

/** Shows a new key with the addresses that it is part of, in a terminal; elsewhere only how to see them. */
export function showKey(
  { text, isHashed }: MadeKey,
  {
    after,
    label,
    base,
  }: { readonly after: Usable; readonly label: string; readonly base: string | undefined },
  { isTerminal, called, options }: Pick<CommandInput, 'isTerminal' | 'called' | 'options'>,
): void {
  const named = options.config === undefined ? '' : ` --config ${quoteWord(options.config)}`;
  const url = `${called} url --for ${quoteWord(label)}${named}`;
  if (!isTerminal) {
    console.log(`\`${url}\` in a terminal shows its addresses`);
    return;
  }
  if (isHashed) {
    console.log(`${text}\nThe config has only its digest: the key is shown this once.`);
    return;
  }
  const withIt = after.listClearKeys().flatMap((keys) => {
    const pairs = keys.pairs.filter(({ magicKey, taskKey }) => magicKey === text || taskKey === text);
    return pairs.length === 0 ? [] : [{ ...keys, pairs: pairs.slice(0, 1) }];
  });
  const baseUrl = base ?? toBaseUrl(after.loaded);
  const [only, another] = withIt;
  if (only === undefined) console.log(text);
  else if (another === undefined)
    console.log(renderWithQrCode(only, listAddresses(only, baseUrl, undefined), url));
  else
    for (const keys of withIt)
      console.log(renderTaskAddresses(keys, listAddresses(keys, baseUrl, undefined)));
}
