// `remotetask notify-test`: sends test notices, and reports what each receiver answered.
import { loadConfig } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { renderDelivery, type Delivery } from '../notify/delivery.ts';
import { toReceiverName, type NotifyTarget } from '../notify/options.ts';
import { testReceiver, type TestResult } from '../notify/test-receiver.ts';
import { renderJson } from '../untrusted-text.ts';
import type { Command } from './command.ts';

export const notifyTest: Command = {
  name: 'notify-test',
  operands: [{ name: 'RECEIVER', kind: 'text', isOptional: true }],
  options: ['json'],
  summary: 'Sends test notices, and shows what each receiver answered; RECEIVER is its number, or its type',
  details: [
    'Each receiver gets a notice for each of its events, marked as a test. A monitor gets one that leaves its state alone (`/log` at Healthchecks), or counts as good (Uptime Kuma).',
    'The exit status is 1 if a notice did not arrive. Some receivers, such as Home Assistant, accept everything: look there as well.',
  ],
  async run({ configFile, operands: [wanted], env, options: { json: isJson = false } }) {
    const chosen = chooseReceivers(loadConfig(configFile, env).notify, wanted);
    const tested = await Promise.all(
      chosen.map(async ({ index, target }) => ({ index, target, results: await testReceiver(target) })),
    );
    const rows = tested.flatMap(({ index, target, results }) =>
      results.map((result) => ({ index, target, ...result })),
    );
    if (isJson) console.log(renderJson(rows.map(toJson)));
    else if (rows.length === 0) console.log('There is nothing to test: "notify" names no receiver.');
    else for (const row of rows) console.log(renderRow(row));
    return rows.length > 0 && rows.every(({ delivery }) => delivery.code === 'delivered') ? 0 : 1;
  },
};

interface Placed {
  /** Its place in `notify`, from 0. */
  readonly index: number;
  readonly target: NotifyTarget;
}
type Row = Placed & TestResult;

/** The receivers that are meant: all, the one with a number (`0`, `notify.0`), or those of a type. Throws AppError `usage`. */
function chooseReceivers(targets: readonly NotifyTarget[], wanted: string | undefined): readonly Placed[] {
  const all = targets.map((target, index) => ({ index, target }));
  const number = wanted?.replace(/^notify\./, '');
  const chosen = all.filter(
    ({ index, target }) => wanted === undefined || number === String(index) || wanted === target.type,
  );
  if (wanted !== undefined && chosen.length === 0)
    throw new AppError(
      'usage',
      'Name a receiver by its number in "notify", from 0 on, or by its type',
      all.map(({ index, target }) => toReceiverName(index, target)),
    );
  return chosen;
}

function renderRow({ index, target, on, delivery }: Row): string {
  return `${toReceiverName(index, target)}, ${on.join(' and ')}: ${renderResult(delivery)}`;
}

function renderResult(delivery: Delivery): string {
  if (delivery.code !== 'delivered') return `did not arrive: ${renderDelivery(delivery)}`;
  return delivery.isConfirmed
    ? `arrived (${renderDelivery(delivery)})`
    : `answered ${renderDelivery(delivery)}, which proves nothing: look whether it arrived`;
}

function toJson({ index, target, on, delivery }: Row): object {
  return {
    receiver: index,
    type: target.type,
    on,
    isDelivered: delivery.code === 'delivered',
    isConfirmed: delivery.code === 'delivered' && delivery.isConfirmed,
    code: delivery.code,
    status: 'status' in delivery ? delivery.status : null,
    message: renderResult(delivery),
  };
}
