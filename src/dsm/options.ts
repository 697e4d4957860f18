// The `dsm` part of the config: for each NAS, the way in which its tasks are run, and how its Web API is reached.
import * as z from 'zod';
import { DurationMs } from '../values/duration.ts';
import { FilePath } from '../values/file-path.ts';
import { Fingerprint } from '../values/fingerprint.ts';
import { Secret } from '../values/secret.ts';

const Version = z.number().int().min(1).max(99).optional();

const WebApiOptions = z.strictObject({
  url: z.string().describe('The address of DSM, such as "https://nas.example.org:5001".'),
  account: Secret.describe('The account, which has to be an administrator.'),
  password: Secret.describe('Its password.'),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe(
      "A PEM file with the certificates to trust instead of the system's; a relative path counts from the config file.",
    ),
  fingerprint: Fingerprint.optional().describe(
    "The SHA-256 fingerprint of DSM's certificate: this one is trusted, and no other.",
  ),
  insecure: z
    .boolean()
    .default(false)
    .describe('Whether any certificate is taken. Whoever is on the way can then read the password.'),
  deviceName: z
    .string()
    .min(1)
    .max(100)
    .default('remotetask')
    .describe('The name that the device token was made for.'),
  deviceToken: Secret.optional().describe(
    'For an account with two-factor authentication: what stands for the one-time code (`remotetask device-token`).',
  ),
  session: z
    .string()
    .min(1)
    .optional()
    .describe('The session name that is given at the sign-in; DSM 7 wants none.'),
  versions: z
    .strictObject({
      login: Version.describe(
        "The version of DSM's login; the newest that DSM offers, up to 7, if not given.",
      ),
      list: Version.describe('The version of the list of scheduled tasks.'),
      run: Version.describe('The version of the start of a scheduled task.'),
    })
    .prefault({})
    .describe("Versions of DSM's calls, where those that fit most DSMs do not fit this one."),
});
export type WebApiOptions = z.infer<typeof WebApiOptions>;

const Tool = FilePath.startsWith('/', 'Give the full path');

/** How the tasks of one NAS are run. */
export const NasOptions = z.strictObject({
  via: z
    .enum(['auto', 'synowebapi', 'synoschedtask', 'webapi'])
    .default('auto')
    .describe(
      'How tasks of DSM are run: by one of DSM\'s tools, as root on the NAS, or by its Web API, from anywhere. With "auto" by synowebapi, else by the Web API, else by synoschedtask, whichever is there.',
    ),
  synowebapi: Tool.default('/usr/syno/bin/synowebapi').describe(
    "DSM's tool for calls of its own Web API, without an account.",
  ),
  synoschedtask: Tool.default('/usr/syno/bin/synoschedtask').describe("DSM's tool for its scheduled tasks."),
  followFor: DurationMs.prefault('30s').describe(
    'How long after a start DSM is asked for news of it; then the outcome is "unconfirmed". A run that DSM\'s history shows is followed to its end.',
  ),
  webapi: WebApiOptions.optional().describe("DSM's Web API: where it is, and the account that may use it."),
});
export type NasOptions = z.infer<typeof NasOptions>;

const optionNames: ReadonlySet<string> = new Set(Object.keys(NasOptions.shape));

const NasName = z
  .string()
  .regex(
    new RegExp(`^(?!(?:${[...optionNames].join('|')})$)[A-Za-z0-9_-]{1,50}$`),
    'Name the NAS with 1 to 50 letters, digits, "-" and "_", and not as an option is named',
  );

const NasMap = z
  .record(NasName, NasOptions)
  .refine((nases) => Object.keys(nases).length > 0, 'Give the NAS another name');

/** The `dsm` part of the config: the options of the one NAS, or those of several by name. */
export const DsmOptions = z.union([NasOptions, NasMap]);
export type DsmOptions = z.infer<typeof DsmOptions>;

/** Which of the two forms a value is meant to have: NASes by name if it contains only objects and no name of an option. */
export function toDsmForm(value: unknown): z.ZodType<DsmOptions> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return NasOptions;
  const entries: [string, unknown][] = Object.entries(value);
  const isNas = ([name, options]: [string, unknown]): boolean =>
    !optionNames.has(name) && typeof options === 'object' && options !== null && !Array.isArray(options);
  return entries.length > 0 && entries.every(isNas) ? NasMap : NasOptions;
}

/** The options of each NAS by its name; if the config names no NAS, the name is ''. */
export function listNases(dsm: DsmOptions): ReadonlyMap<string, NasOptions> {
  return isOneNas(dsm) ? new Map([['', dsm]]) : new Map(Object.entries(dsm));
}

function isOneNas(dsm: DsmOptions): dsm is NasOptions {
  return typeof dsm.via === 'string';
}

export { renderNas } from '../reasons/english-dsm.ts';

/** A NAS whose tasks can be run, from the config. */
export interface NasSettings extends Pick<NasOptions, 'via' | 'synowebapi' | 'synoschedtask'> {
  /** '' if the config gives the NAS no name. */
  readonly name: string;
  /** How long to wait for a start to show up. */
  readonly followMs: number;
  /** How to reach its Web API, if the config contains that. */
  readonly webapi: WebApiAccess | undefined;
}

/** How to reach DSM's Web API, with secrets looked up and files read. */
export interface WebApiAccess extends Pick<
  WebApiOptions,
  'fingerprint' | 'insecure' | 'deviceName' | 'session' | 'versions'
> {
  /** Without account, query and trailing slash. */
  readonly url: string;
  readonly account: string;
  readonly password: string;
  readonly deviceToken: string | undefined;
  /** Certificates as PEM. */
  readonly ca: string | undefined;
}

/** How to reach a NAS for visitors who sign in with their own account. */
export type NasAddress = Omit<WebApiAccess, 'account' | 'password' | 'deviceToken'>;
