// The `admin` part of the config: where the admin page listens, and which visitors may enter.
import * as z from 'zod';
import { FilePath } from '../values/file-path.ts';
import { IpAddress, TlsFiles, type TlsPair } from '../listener/options.ts';
import { TrustedProxies } from '../listener/trusted-proxy.ts';
import { Network } from '../values/network.ts';
import { Secret } from '../values/secret.ts';
import type { GateOptions } from './gate/gate.ts';

const FullPath = FilePath.startsWith('/', 'Give the full path');

/** The options of the admin listener, which is off without them. */
export const AdminOptions = z.strictObject({
  gate: z
    .enum(['dsm', 'dsm-login', 'webapi', 'password'])
    .describe(
      'Who may enter: whoever is signed in to DSM on this NAS as an administrator ("dsm"), signs in here with such an account, by DSM\'s own sign-in on this NAS ("dsm-login") or by its Web API ("webapi"), or knows a fixed password ("password").',
    ),
  listen: IpAddress.default('127.0.0.1').describe('The address that the admin page listens on.'),
  port: z.number().int().min(1).max(65_535).default(10_766).describe('The port that it listens on.'),
  tls: TlsFiles.optional().describe('Serves HTTPS. Without it, let a reverse proxy do so.'),
  trustProxy: TrustedProxies.default([]).describe(
    'Reverse proxies whose X-Forwarded-For header is believed.',
  ),
  signInPage: z
    .boolean()
    .default(true)
    .describe(
      'Whether who is not signed in sees a sign-in page. With false: the page that strangers see, and who signs in to DSM first is let in.',
    ),
  password: Secret.optional().describe(
    'For the gate "password": the hash that `remotetask admin password` makes.',
  ),
  nas: z
    .string()
    .min(1)
    .optional()
    .describe('For the gate "webapi": the NAS to sign in to, where there are several.'),
  group: z
    .number()
    .int()
    .min(0)
    .default(101)
    .describe(
      'For the gates "dsm" and "dsm-login": the number of the group whose members may enter. 101 is DSM\'s administrators.',
    ),
  authenticateCgi: FullPath.optional().describe(
    "DSM's program that tells who is signed in. If not given, the first that exists of modules/authenticate.cgi and authenticate.cgi in /usr/syno/synoman/webman.",
  ),
  loginCgi: FullPath.default('/usr/syno/synoman/webman/login.cgi').describe(
    "DSM's program that signs in, and tells the SynoToken.",
  ),
  metrics: z
    .strictObject({
      allow: z
        .array(Network)
        .default(['127.0.0.0/8', '::1'])
        .describe('Addresses and networks that may ask for /metrics and /healthz without signing in.'),
    })
    .prefault({})
    .describe('What may be watched by machines.'),
});
export type AdminOptions = z.infer<typeof AdminOptions>;

/** The configuration of the admin listener, ready for opening it. */
export interface AdminConfig extends Pick<AdminOptions, 'listen' | 'port' | 'trustProxy' | 'signInPage'> {
  readonly tls: TlsPair | undefined;
  readonly gate: GateOptions;
  /** The networks whose machines may watch without a sign-in. */
  readonly watchers: readonly string[];
}
