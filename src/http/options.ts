// The `server` part of the config: where to listen, and what is borne from callers.
import { isIP } from 'node:net';
import tls from 'node:tls';
import * as z from 'zod';
import { DurationMs, PositiveDurationMs } from '../values/duration.ts';
import { toErrorCode } from '../errors.ts';
import { TrustedProxies } from './trusted-proxy.ts';

/** An address to listen on. */
export const IpAddress = z
  .string()
  .refine((text) => isIP(text) !== 0, 'Give an IP address, such as "0.0.0.0" for all networks or "127.0.0.1" for this machine only');

/** Where a certificate and its key are. */
export const TlsFiles = z.strictObject({
  cert: z.string().min(1).describe('The certificate with its chain, as a PEM file; a relative path counts from the config file.'),
  key: z.string().min(1).describe('Its private key, as a PEM file.'),
});
export type TlsFiles = z.infer<typeof TlsFiles>;

/** The options of the public listener, but for its keys. */
export const ServerOptions = z.strictObject({
  listen: IpAddress.default('0.0.0.0').describe('The address that the daemon listens on.'),
  port: z.number().int().min(1).max(65_535).default(10_765).describe('The port that the daemon listens on.'),
  debug: z.boolean().default(false).describe('Writes more into the log.'),
  tls: TlsFiles.optional().describe('Serves HTTPS. Without it, let a reverse proxy do so.'),
  overview: z
    .boolean()
    .default(false)
    .describe('Shows all tasks as buttons at the address with the magic key alone: whoever has that key can then start each of them.'),
  trustProxy: TrustedProxies.default([]).describe('Reverse proxies whose X-Forwarded-For header is believed.'),
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
    .describe('What is borne of callers.'),
  stopGrace: DurationMs.prefault('10s').describe('How long runs may go on when the daemon is told to stop; it names those that it leaves.'),
});
export type ServerOptions = z.infer<typeof ServerOptions>;

/** Certificate and key in PEM. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Whether certificate and key belong together: undefined, or the code of OpenSSL's error. */
export function findTlsProblem(pair: TlsPair): string | undefined {
  try {
    tls.createSecureContext(pair);
    return undefined;
  } catch (error) {
    return toErrorCode(error);
  }
}
