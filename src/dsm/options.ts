// The `dsm` part of the config: by which way DSM's tasks are run, and how its Web API is reached.
import * as z from 'zod';
import { DurationMs } from '../duration.ts';
import { Secret } from '../secret.ts';

/** SHA-256 of a certificate as tools print it: with colons or without, in either case. Becomes 64 small hexadecimal digits. */
const Fingerprint = z.string().transform((text, context) => {
  const hex = text
    .replace(/^sha-?256(?: fingerprint)?[:=]/i, '')
    .replaceAll(/[:\s]/g, '')
    .toLowerCase();
  if (/^[\da-f]{64}$/.test(hex)) return hex;
  context.addIssue({ code: 'custom', message: 'Give the SHA-256 fingerprint of the certificate: 64 hexadecimal digits, colons or not' });
  return z.NEVER;
});

const Version = z.number().int().min(1).max(99).optional();

const WebApiOptions = z.strictObject({
  url: z.string().describe('The address of DSM, such as "https://nas.example.org:5001".'),
  account: Secret.describe('The account, which has to be an administrator.'),
  password: Secret.describe('Its password.'),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe("A PEM file with the certificates to trust instead of the system's; a relative path counts from the config file."),
  fingerprint: Fingerprint.optional().describe("The SHA-256 fingerprint of DSM's certificate: this one is trusted, and no other."),
  insecure: z.boolean().default(false).describe('Whether any certificate is taken. Whoever is on the way can then read the password.'),
  deviceName: z.string().min(1).max(100).default('remotetask').describe('The name that the device token was made for.'),
  deviceToken: Secret.optional().describe(
    'For an account with two-factor authentication: what stands for the one-time code (`remotetask device-token`).',
  ),
  session: z.string().min(1).optional().describe('The session name that is given at the sign-in; DSM 7 wants none.'),
  versions: z
    .strictObject({
      login: Version.describe("The version of DSM's login; the newest that DSM offers, up to 7, if not given."),
      list: Version.describe('The version of the list of scheduled tasks.'),
      run: Version.describe('The version of the start of a scheduled task.'),
    })
    .prefault({})
    .describe("Versions of DSM's calls, where those that fit most DSMs do not fit this one."),
});
export type WebApiOptions = z.infer<typeof WebApiOptions>;

/** The `dsm` part of the config. */
export const DsmOptions = z.strictObject({
  via: z
    .enum(['synoschedtask', 'webapi'])
    .default('synoschedtask')
    .describe("How tasks of DSM are run: by DSM's tool, as root on the NAS, or by its Web API, from anywhere."),
  synoschedtask: z
    .string()
    .startsWith('/', 'Give the full path')
    .default('/usr/syno/bin/synoschedtask')
    .describe("DSM's tool for its scheduled tasks."),
  followFor: DurationMs.prefault('30s').describe(
    'How long after a start DSM is asked for news of it; then the outcome is "unconfirmed". A run that the Web API shows is followed to its end.',
  ),
  webapi: WebApiOptions.optional().describe('DSM\'s Web API, for `via: "webapi"`.'),
});
export type DsmOptions = z.infer<typeof DsmOptions>;

/** How DSM's Web API is reached, with secrets looked up and files read. */
export interface WebApiAccess extends Pick<WebApiOptions, 'fingerprint' | 'insecure' | 'deviceName' | 'session' | 'versions'> {
  /** Without account, query and trailing slash. */
  readonly url: string;
  readonly account: string;
  readonly password: string;
  readonly deviceToken: string | undefined;
  /** Certificates as PEM. */
  readonly ca: string | undefined;
}
