// `remotetask keys rotate`: replaces keys by new ones, at once or after a time in which both work.
import { replaceKey, succeedKey, toLabel, toOldLabel } from '../config/edit-keys.ts';
import { AppError } from '../errors.ts';
import { chooseKeys, renderKey, type ChosenKey } from './chosen-keys.ts';
import type { Command } from './command.ts';
import {
  changeKeys,
  changeStatuses,
  makeKey,
  openKeys,
  requireDuration,
  showKey,
  toExpires,
  toMoment,
  type MadeKey,
} from './key-changes.ts';
import { requireHttpUrl } from './url.ts';

export const keysRotate: Command = {
  name: 'keys rotate',
  operands: [{ name: 'LABEL', kind: 'label', isOptional: true }],
  options: ['task', 'grace', 'expires', 'hash', 'base'],
  summary: 'Replaces the keys that have a label by new ones, and shows the addresses with them',
  details: [
    'Without --grace, the old key opens nothing from then on: that is what a lost phone needs. With it, the old key gets the label "LABEL (old)" and works until the time is over; `keys` shows whether it is still used.',
    "A label may stand for a magic key and for keys of tasks: all of them are replaced, or with --task only those of that task. Without LABEL, it is the key that has none: the magic key, or with --task that task's.",
    'What was written about the key, such as `confirm`, stays. If the config has only the digest of the old key, it gets only the digest of the new one, as with --hash.',
  ],
  statuses: changeStatuses,
  async run(input) {
    const { operands, options, isTerminal, configFile } = input;
    const { task, expires: wantedEnd, hash = false, base } = options;
    if (base !== undefined) requireHttpUrl(base);
    const nowMs = Date.now();
    const graceMs = options.grace === undefined ? 0 : requireDuration('--grace', options.grace);
    const expires = wantedEnd === undefined ? undefined : toExpires(wantedEnd, nowMs);
    const edit = openKeys(input);
    const chosen = chooseKeys(edit.before.placedKeys, { label: operands[0], task });
    for (const one of chosen) if (expires === undefined) requireValid(one, nowMs);
    const made = chosen.map((one) => ({
      one,
      key: makeKey(hash || one.key.text === undefined, isTerminal),
    }));
    const { after, untilTakenUp } = await changeKeys(edit, input, (text) =>
      made.reduce((edited, each) => rotate(edited, each, { nowMs, graceMs, expires }), text),
    );
    for (const { one, key } of made) {
      console.log(`Replaced ${renderKey(one)} in ${configFile}`);
      showKey(key, { after, label: toLabel(one.key), base }, input);
    }
    if (graceMs > 0)
      console.log(`The old key works until ${new Date(nowMs + graceMs).toLocaleString('sv')}.`);
    console.log(await untilTakenUp());
    return 0;
  },
};

function rotate(
  text: string,
  { one: { lock, key: old }, key }: { readonly one: ChosenKey; readonly key: MadeKey },
  {
    nowMs,
    graceMs,
    expires,
  }: { readonly nowMs: number; readonly graceMs: number; readonly expires: string | undefined },
): string {
  const label = toLabel(old);
  const facts = { label, key: key.written, created: toMoment(nowMs), expires };
  if (graceMs === 0) return replaceKey(text, old, facts);
  const taken = new Set(lock.keys.map((other) => other.label));
  const endMs = Math.min(nowMs + graceMs, old.expiresAtMs ?? Infinity);
  return succeedKey(text, old, { facts, oldLabel: toOldLabel(label, taken), oldExpires: toMoment(endMs) });
}

/** The new key would have the end of the old one. */
function requireValid(one: ChosenKey, nowMs: number): void {
  if ((one.key.expiresAtMs ?? Infinity) <= nowMs)
    throw new AppError('usage', `Give --expires a new end: ${renderKey(one)} has expired`);
}
