// The `server` part of the config: where to listen, and the limits for callers.
import * as z from 'zod';
import { DurationMs, PositiveDurationMs } from '../values/duration.ts';
import { IpAddress, TlsFiles } from '../listener/options.ts';
import { TrustedProxies } from '../listener/trusted-proxy.ts';

/** The options of the public listener, except its keys. */
export const ServerOptions = z.strictObject({
  listen: IpAddress.default('0.0.0.0').describe('The address that the daemon listens on.'),
  port: z.number().int().min(1).max(65_535).default(10_765).describe('The port that the daemon listens on.'),
  debug: z.boolean().default(false).describe('Writes more into the log.'),
  tls: TlsFiles.optional().describe('Serves HTTPS. Without it, let a reverse proxy do so.'),
  overview: z
    .boolean()
    .default(false)
    .describe(
      'Shows all tasks as buttons at the address with the magic key alone: whoever has that key can then start each of them.',
    ),
  trustProxy: TrustedProxies.default([]).describe(
    'Reverse proxies whose X-Forwarded-For header is believed.',
  ),
  rateLimit: z
    .strictObject({
      runs: z
        .number()
        .int()
        .min(1)
        .default(30)
        .describe('How many calls of one task with one key are served in the time `per`; more get 429.'),
      per: PositiveDurationMs.prefault('1m').describe('The time that `runs` counts for.'),
      failures: z
        .number()
        .int()
        .min(1)
        .default(10)
        .describe(
          'How many calls of strangers from one network are logged one by one in a `window`; more are only counted. Ten times as many in all.',
        ),
      window: PositiveDurationMs.prefault('15m').describe(
        'The time that `failures` counts for, and how often a flood is summed up in the log.',
      ),
    })
    .prefault({})
    .describe('The limits for callers.'),
  stopGrace: DurationMs.prefault('10s').describe(
    'How long runs may go on when the daemon is told to stop; it names those that it leaves.',
  ),
});
export type ServerOptions = z.infer<typeof ServerOptions>;
