// The accounts and sessions of the simulated DSM: which may sign in, how long that lasts, and which addresses are blocked.
import { randomBytes } from 'node:crypto';
import type { Profile } from './catalogue.ts';

export interface FakeAccount {
  readonly password: string;
  readonly isAdmin?: boolean;
  readonly isDisabled?: boolean;
  /** The one-time code that is right now; the account has two-factor authentication if there is one. */
  readonly otp?: string;
  /** A number that each sign-in is refused with, such as 409 for an expired password. */
  readonly refusal?: number;
}

export interface AccountSettings {
  readonly accounts: Readonly<Record<string, FakeAccount>>;
  /** Sessions that were not used for so long are over. */
  readonly idleMs: number;
  /** The error for a session that is over. */
  readonly lapseCode: 105 | 106 | 119;
  /** Whether a sign-in ends the account's other sessions, with 107. */
  readonly isSingleSession: boolean;
  /** Whether DSM trusts devices: where it does not, their token is empty. */
  readonly trustsDevices: boolean;
  /** What a second step of a sign-in may be. */
  readonly secondSteps: readonly string[];
  /** So many wrong sign-ins from one address within the window block it for the time. */
  readonly autoBlock: { readonly failures: number; readonly windowMs: number; readonly blockMs: number };
}

export interface FakeSession {
  readonly sid: string;
  readonly token: string;
  readonly version: number;
  readonly address: string;
  readonly user: string;
  readonly isAdmin: boolean;
  usedMs: number;
  /** Why it is over, if it is. */
  over: number | undefined;
}

export type Verdict<T> = { readonly error: number; readonly errors?: unknown } | { readonly data: T };

export interface Accounts {
  signIn(
    params: URLSearchParams,
    version: number,
    address: string,
  ): Verdict<Record<string, unknown> & { readonly sid: string }>;
  find(sid: string | undefined, address: string): Verdict<FakeSession>;
  signOut(sid: string | undefined): void;
  /** Ends all sessions; a call with one gets this error. */
  endSessions(code: number): void;
  /** The sign-ins that were tried, by what they were answered: 0 for success. */
  readonly signIns: number[];
  /** Everything secret that was ever given out. */
  readonly secrets: string[];
  sessions(): number;
}

export function createAccounts(profile: Profile, settings: () => AccountSettings): Accounts {
  const sessions = new Map<string, FakeSession>();
  const failures = new Map<string, number[]>();
  const blockedUntil = new Map<string, number>();
  const deviceTokens = new Map<string, string>();
  const signIns: number[] = [];
  const secrets: string[] = [];
  const newSecret = (): string => {
    const secret = randomBytes(24).toString('base64url');
    secrets.push(secret);
    return secret;
  };
  const judge = (params: URLSearchParams, address: string): number => {
    const { accounts } = settings();
    if ((blockedUntil.get(address) ?? 0) > Date.now()) return 407;
    const name = params.get('account') ?? '';
    const account = Object.hasOwn(accounts, name) ? accounts[name] : undefined;
    if (account === undefined || account.password !== params.get('passwd')) return 400;
    if (account.isDisabled === true) return 401;
    if (account.refusal !== undefined) return account.refusal;
    // `Core` as a session name was seen to be refused.
    if (params.get('session') === 'Core') return 402;
    const code = params.get('otp_code') ?? '';
    const device = `${name}\0${params.get('device_name') ?? ''}\0${params.get('device_id') ?? ''}`;
    if (account.otp === undefined || deviceTokens.has(device) || code === account.otp) return 0;
    return code === '' ? 403 : 404;
  };
  const noteFailure = (address: string): void => {
    const { failures: limit, windowMs, blockMs } = settings().autoBlock;
    const recent = [...(failures.get(address) ?? []), Date.now()].filter((at) => at > Date.now() - windowMs);
    failures.set(address, recent);
    if (recent.length >= limit) blockedUntil.set(address, Date.now() + blockMs);
  };
  return {
    signIn(params, version, address) {
      const code = judge(params, address);
      signIns.push(code);
      if ([400, 401, 404].includes(code)) noteFailure(address);
      if (code === 403)
        return {
          error: 403,
          errors: { token: newSecret(), types: settings().secondSteps.map((type) => ({ type })) },
        };
      if (code !== 0) return { error: code };
      const user = params.get('account') ?? '';
      if (settings().isSingleSession)
        for (const other of sessions.values()) if (other.user === user) other.over = 107;
      const isAdmin = settings().accounts[user]?.isAdmin ?? true;
      const session = {
        sid: newSecret(),
        token: newSecret(),
        version,
        address,
        user,
        isAdmin,
        usedMs: Date.now(),
        over: undefined,
      };
      sessions.set(session.sid, session);
      // There always is one, but only one that was asked for is good for anything.
      const token = settings().trustsDevices ? newSecret() : '';
      if (params.get('enable_device_token') === 'yes' && token !== '')
        deviceTokens.set(`${user}\0${params.get('device_name') ?? ''}\0${token}`, token);
      const device = version >= 7 ? { device_id: token } : version >= 6 ? { did: token } : {};
      const synotoken =
        params.get('enable_syno_token') === 'yes' && profile > 5 ? { synotoken: session.token } : {};
      const account = version >= 7 ? { account: user, ik_message: '' } : {};
      return { data: { ...account, ...device, is_portal_port: false, sid: session.sid, ...synotoken } };
    },
    find(sid, address) {
      const session = sessions.get(sid ?? '');
      if (session === undefined) return { error: 119 };
      if (session.over !== undefined) return { error: session.over };
      if (Date.now() - session.usedMs > settings().idleMs) return { error: settings().lapseCode };
      if (session.address !== address) return { error: 150 };
      session.usedMs = Date.now();
      return { data: session };
    },
    signOut: (sid) => void sessions.delete(sid ?? ''),
    endSessions(code) {
      for (const session of sessions.values()) session.over ??= code;
    },
    signIns,
    secrets,
    sessions: () => [...sessions.values()].filter(({ over }) => over === undefined).length,
  };
}
