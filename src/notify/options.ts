// The `notify` part of the config: the receivers, and the events that each is notified of.
import * as z from 'zod';
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
});
export type NotifyOptions = z.infer<typeof NotifyOptions>;

/** A receiver, with its secrets looked up. */
export interface NotifyTarget {
  readonly type: NotifyOptions['type'];
  readonly url: string;
  readonly token: string | undefined;
  readonly on: readonly Occasion[];
  readonly tasks: readonly string[] | undefined;
}
