// Stand-ins for DSM's authenticate.cgi and login.cgi, and for `id`: real programs whose state lies in a folder.
import fs from 'node:fs';
import path from 'node:path';
import { quote } from '../cli.ts';

/** The switches of DSM, and what goes wrong. `hang` lasts as long as the mood. */
export interface Moods {
  /** "Improve protection against CSRF attacks": whether the SynoToken is wanted. */
  readonly csrf: boolean;
  /** "Enhance browser compatibility by skipping IP checking". */
  readonly skipIpCheck: boolean;
  /** Whether login.cgi prints the token always, or only with `enable_syno_token=yes`. */
  readonly tokens: 'old' | 'new';
  readonly authenticate: 'usual' | 'hang' | 'flood' | 'junk' | 'binary' | 'crash';
  readonly authenticateRc: number;
  /** `odd-cookie`: the cookie of a new session is for another host. */
  readonly login: 'usual' | 'hang' | 'flood' | 'junk' | 'odd-cookie';
  readonly loginRc: 0 | 1 | 255;
  /** `no-dashes`: does not take `--`. `names`: prints names. */
  readonly id: 'usual' | 'hang' | 'flood' | 'no-dashes' | 'names';
}

const usual: Moods = {
  csrf: true,
  skipIpCheck: false,
  tokens: 'new',
  authenticate: 'usual',
  authenticateRc: 0,
  login: 'usual',
  loginRc: 0,
  id: 'usual',
};

/** A user who is signed in to DSM. */
export interface FakeSession {
  readonly user: string;
  readonly address: string;
  /** The token against forged requests; `token-of-ID` if not given. */
  readonly token?: string;
}

type Program = 'authenticate' | 'login' | 'id';

/** One call of a program: its arguments as one line, and all of its environment. */
export interface ProgramCall {
  readonly program: Program;
  readonly args: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface FakePrograms {
  readonly authenticateCgi: string;
  readonly loginCgi: string;
  readonly id: string;
  setMoods(moods: Partial<Moods>): void;
  /** Signs a user in to DSM. */
  open(id: string, session: FakeSession): void;
  /** The session has lapsed. */
  end(id: string): void;
  setGroups(groups: Readonly<Record<string, string>>): void;
  /** All calls so far. */
  calls(): ProgramCall[];
  /** How often each program was called so far. */
  counts(): Readonly<Record<Program, number>>;
}

/** The session that a sign-in with the n-th account gets, counted from 0. */
export function toOpenedId(n: number): string {
  return `opened-Lw4Kz9Xt2b-${n}`;
}

/** Writes the programs into a folder. `accounts` are passwords by user; a sign-in with the n-th gets the session `toOpenedId(n)`. */
export function createFakePrograms(
  folder: string,
  {
    groups = { admin: '100 25 101' },
    accounts = {},
    moods = {},
  }: {
    readonly groups?: Readonly<Record<string, string>>;
    readonly accounts?: Readonly<Record<string, string>>;
    readonly moods?: Partial<Moods>;
  } = {},
): FakePrograms {
  const at = (...names: string[]): string => path.join(folder, ...names);
  for (const name of ['calls', 'sessions']) fs.mkdirSync(at(name), { recursive: true });
  const write = (name: string, text: string): void => {
    fs.writeFileSync(at(`${name}.new`), text);
    fs.renameSync(at(`${name}.new`), at(name));
  };
  let current = { ...usual, ...moods };
  const setMoods = (changed: Partial<Moods>): void => {
    current = { ...current, ...changed };
    const lines = {
      csrf: current.csrf ? 'yes' : 'no',
      skip_ip_check: current.skipIpCheck ? 'yes' : 'no',
      tokens: current.tokens,
      authenticate: current.authenticate,
      authenticate_rc: String(current.authenticateRc),
      login: current.login,
      login_rc: String(current.loginRc),
      id_mood: current.id,
    };
    write(
      'moods',
      Object.entries(lines)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  };
  const setGroups = (table: Readonly<Record<string, string>>): void =>
    write(
      'groups',
      Object.entries(table)
        .map(([user, gids]) => `${user}\t${gids}\n`)
        .join(''),
    );
  const program = (name: string): string => {
    const file = at(name);
    fs.writeFileSync(
      file,
      `#!/bin/sh\nexec /bin/sh ${quote(path.join(import.meta.dirname, name))} ${quote(folder)} "$@"\n`,
      {
        mode: 0o755,
      },
    );
    return file;
  };
  setMoods({});
  setGroups(groups);
  write(
    'accounts',
    Object.entries(accounts)
      .map(
        ([user, password], n) =>
          `username=${encodeURIComponent(user)}&passwd=${encodeURIComponent(password)}\t${user}\t${toOpenedId(n)}\n`,
      )
      .join(''),
  );
  const calls = (): ProgramCall[] =>
    fs.readdirSync(at('calls')).map((name) => {
      const [args = '', ...env] = fs
        .readFileSync(at('calls', name), 'utf8')
        .slice('argv '.length, -1)
        .split('\n');
      const program = name.split('.')[0] as Program;
      return {
        program,
        args,
        env: Object.fromEntries(env.map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)])),
      };
    });
  return {
    authenticateCgi: program('fake-authenticate-cgi'),
    loginCgi: program('fake-login-cgi'),
    id: program('fake-id'),
    setMoods,
    open: (id, { user, address, token = `token-of-${id}` }) =>
      write(path.join('sessions', id), `${user}\n${address}\n${token}\n`),
    end: (id) => fs.rmSync(at('sessions', id)),
    setGroups,
    calls,
    counts() {
      const count = (program: Program): number => calls().filter((call) => call.program === program).length;
      return { authenticate: count('authenticate'), login: count('login'), id: count('id') };
    },
  };
}
