// The `notify` part of the config: the receivers, and the events that each is notified of.
import * as z from 'zod';
import { Fingerprint } from '../values/fingerprint.ts';
import { Secret } from '../values/secret.ts';

const Occasion = z.enum(['started', 'finished', 'failed', 'strangers']);
export type Occasion = z.infer<typeof Occasion>;

/** A receiver. */
export const NotifyOptions = z.strictObject({
  type: z
    .enum(['ntfy', 'gotify', 'webhook', 'ping'])
    .describe(
      'What takes the notice: ntfy, Gotify, any web hook that takes JSON, or a monitor such as Healthchecks or Uptime Kuma.',
    ),
  url: Secret.describe(
    'Where to: the topic of ntfy, the server of Gotify, the address of a web hook or of a monitor. It is a secret, too.',
  ),
  token: Secret.optional().describe(
    'The access token of ntfy, the application token of Gotify, or a bearer token for a web hook.',
  ),
  on: z
    .array(Occasion)
    .min(1)
    .optional()
    .describe(
      'Of what: "started", "finished" (however it ended), "failed", "strangers" (many wrong keys); ["failed"] if not given, and for a monitor ["started", "finished"].',
    ),
  tasks: z.array(z.string()).min(1).optional().describe('Of which tasks, by their ids; of all if not given.'),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe(
      "A PEM file with the certificates to trust instead of the system's; a relative path counts from the config file.",
    ),
  fingerprint: Fingerprint.optional().describe(
    "The SHA-256 fingerprint of the receiver's certificate: this one is trusted, and no other.",
  ),
});
export type NotifyOptions = z.infer<typeof NotifyOptions>;

/** A receiver, with its secrets looked up. */
export interface NotifyTarget {
  readonly type: NotifyOptions['type'];
  readonly url: string;
  readonly token: string | undefined;
  readonly on: readonly Occasion[];
  readonly tasks: readonly string[] | undefined;
  /** Certificates as PEM. */
  readonly ca?: string;
  readonly fingerprint?: string;
}

/** What a receiver is, as far as its requests and answers differ: the push address of Uptime Kuma is no monitor like the others. */
export type Receiver = NotifyTarget['type'] | 'kuma';

/** Uptime Kuma is recognised by the path of its push address (its server/routers/api-router.js). */
export function toReceiver({ type, url }: Pick<NotifyTarget, 'type' | 'url'>): Receiver {
  return type === 'ping' && new URL(url).pathname.includes('/api/push/') ? 'kuma' : type;
}

/** The name of a receiver for people: its place in the config, and its type. */
export function toReceiverName(index: number, { type }: Pick<NotifyTarget, 'type'>): string {
  return `notify.${index} (${type})`;
}
