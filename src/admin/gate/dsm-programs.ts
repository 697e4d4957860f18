// DSM's own programs on this NAS, asked about a browser: who is signed in, by which token, and in which groups that user is.
import fs from 'node:fs';
import { isIP } from 'node:net';
import { parseGroupIds, parseLoginAnswer, parseUserName, type LoginAnswer } from '../../dsm/cgi-text.ts';
import { toPlainAddress } from '../../listener/address.ts';
import { askProgram, type Asked } from '../../processes/ask.ts';
import { findProgram } from '../../processes/find-program.ts';
import { findRefusal } from '../../processes/trusted-program.ts';
import type { DsmPrograms, Visitor } from './gate.ts';

/** Where authenticate.cgi is, by the version of DSM. */
const authenticatePlaces = ['/usr/syno/synoman/webman/modules/authenticate.cgi', '/usr/syno/synoman/webman/authenticate.cgi'];
const maxBytes = 4096;
/** Where DSM's programs find others, and where `id` is found. */
const searchPath = '/usr/bin:/bin';

/** A browser as DSM's programs are told of it. */
export interface Browser {
  /** The `id` of DSM's cookie, which has to be an opaque value; there is none where nobody has signed in. */
  readonly sessionId?: string;
  readonly address: string;
  readonly host: string | undefined;
}

/** An answer, or a reason for the log why there is none; `wasAsked` is false if DSM cannot have seen the question. */
export type Told<T> =
  | { readonly kind: 'told'; readonly value: T }
  | { readonly kind: 'none'; readonly reason: string; readonly wasAsked?: false };

export interface AskDsm {
  /** The name of who is signed in; undefined for nobody. */
  loadUser(browser: Browser, synoToken: string | undefined): Promise<Told<string | undefined>>;
  /** The token that DSM gives the browser's own pages; undefined where it gives none. */
  loadToken(browser: Browser): Promise<string | undefined>;
  signIn(browser: Browser, account: string, password: string): Promise<Told<LoginAnswer>>;
  /** Whether a user is in the group that may enter; a user whom the system does not know is not. */
  isMember(user: string): Promise<Told<boolean>>;
}

/** How DSM's programs are called; another `id` and other limits are for tests. */
export interface AskDsmOptions {
  readonly programs: DsmPrograms;
  readonly id?: string;
  readonly maxMs?: number;
  /** Told of each program that was started, so that no further one is while it is not gone. */
  readonly onStarted: (gone: Promise<unknown>) => void;
}

/** What DSM may be told of a browser; undefined for an address that is none. */
export function toBrowser({ address, host }: Visitor): Omit<Browser, 'sessionId'> | undefined {
  // DSM's own web server tells it addresses without a zone, and those of IPv4 as such.
  const plain = toPlainAddress(address.split('%')[0] ?? '');
  if (isIP(plain) === 0) return undefined;
  return { address: plain, host: host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host) ? host : undefined };
}

/** Makes what asks DSM's programs. Facts and their grades: docs/notes/cgi.md. */
export function createAskDsm({ programs, id = 'id', maxMs = 3000, onStarted }: AskDsmOptions): AskDsm {
  const ask = async (program: string, args: readonly string[], env: Readonly<Record<string, string>>): Asked['answer'] => {
    const file = findProgram(program, searchPath) ?? program;
    const refusal = findRefusal(file);
    if (refusal !== undefined) return { kind: 'none', reason: `is not run by root: ${refusal}` };
    const { answer, gone } = askProgram({ file, args, env: { PATH: searchPath, ...env }, maxMs, maxBytes });
    onStarted(gone);
    return await answer;
  };
  const askLogin = async (browser: Browser, query: string): Promise<Told<LoginAnswer>> => {
    const answer = await ask(programs.loginCgi, [], toEnvironment(browser, query));
    if (answer.kind === 'none') return { kind: 'none', reason: `login.cgi ${answer.reason}` };
    // It was seen to end with 255 when all went well: what it prints has to tell.
    const value = [0, 255].includes(answer.exitCode) ? parseLoginAnswer(answer.printed) : undefined;
    return value === undefined
      ? { kind: 'none', reason: `login.cgi answered in a form that is not understood (exit status ${answer.exitCode})` }
      : { kind: 'told', value };
  };
  return {
    async loadUser(browser, synoToken) {
      const file = programs.authenticateCgi ?? authenticatePlaces.find((place) => fs.existsSync(place));
      if (file === undefined) return { kind: 'none', reason: 'authenticate.cgi is not on this machine' };
      const query = synoToken === undefined ? '' : `SynoToken=${encodeURIComponent(synoToken)}`;
      const token: Record<string, string> = synoToken === undefined ? {} : { HTTP_X_SYNO_TOKEN: synoToken };
      const answer = await ask(file, [], { ...toEnvironment(browser, query), ...token });
      if (answer.kind === 'none') return { kind: 'none', reason: `authenticate.cgi ${answer.reason}` };
      if (answer.exitCode !== 0) return { kind: 'none', reason: `authenticate.cgi ended with exit status ${answer.exitCode}` };
      const user = parseUserName(answer.printed);
      return user === undefined && answer.printed.toString().trim() !== ''
        ? { kind: 'none', reason: 'authenticate.cgi printed something that is no user name' }
        : { kind: 'told', value: user };
    },
    async loadToken(browser) {
      const told = await askLogin(browser, 'enable_syno_token=yes');
      return told.kind === 'told' && told.value.isSignedIn ? told.value.synoToken : undefined;
    },
    async signIn(browser, account, password) {
      return await askLogin(browser, `username=${encodeURIComponent(account)}&passwd=${encodeURIComponent(password)}`);
    },
    async isMember(user) {
      const first = await ask(id, ['-G', '--', user], {});
      // Not each `id` knows `--`; a name never begins with a dash (`parseUserName`).
      const answer = first.kind === 'answered' && first.exitCode !== 0 ? await ask(id, ['-G', user], {}) : first;
      if (answer.kind === 'none') return { kind: 'none', reason: `id ${answer.reason}` };
      const groups = answer.exitCode === 0 ? parseGroupIds(answer.printed) : [];
      return groups === undefined
        ? { kind: 'none', reason: 'id printed something else than groups' }
        : { kind: 'told', value: groups.includes(programs.group) };
    },
  };
}

/**
 * What a CGI program of DSM finds in its environment: what code that runs on real NASes sets, and nothing that the
 * browser could choose the name of. Of its cookies only the session: the others stand for passwords and devices.
 */
function toEnvironment({ sessionId, address, host }: Browser, query: string): Record<string, string> {
  return {
    REQUEST_METHOD: 'GET',
    SERVER_PROTOCOL: 'HTTP/1.1',
    SERVER_ADDR: '127.0.0.1',
    REMOTE_ADDR: address,
    REMOTE_PORT: '443',
    QUERY_STRING: query,
    ...(host === undefined ? {} : { HTTP_HOST: host }),
    ...(sessionId === undefined ? {} : { HTTP_COOKIE: `id=${sessionId}` }),
  };
}
