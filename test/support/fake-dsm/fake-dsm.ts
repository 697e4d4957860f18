// A simulated DSM: its Web API as the field's clients know it, by HTTP or HTTPS, with moods and faults. Refuses what a real one refuses.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { TestCertificate } from '../certificate.ts';
import {
  createAccounts,
  type Accounts,
  type AccountSettings,
  type FakeSession,
  type Verdict,
} from './accounts.ts';
import { catalogues, hasMethod, isServedAt, mutating, type Profile } from './catalogue.ts';
import {
  completeTasks,
  createScheduler,
  usualScheduling,
  type GivenTasks,
  type Scheduler,
  type SchedulerSettings,
} from './scheduler.ts';

/** A call as it came. */
export interface FakeCall {
  readonly path: string;
  readonly httpMethod: string;
  readonly api: string;
  readonly method: string;
  readonly version: number;
  readonly params: URLSearchParams;
  readonly url: string;
}

/** What goes wrong with a call. `cut-after`: it is done, and then the connection breaks; `error N`: it is refused with that number. */
export type Fault =
  | '502'
  | 'html'
  | 'empty'
  | 'truncated'
  | 'huge'
  | 'redirect'
  | 'cut'
  | 'cut-after'
  | 'hang'
  | 'slow'
  | `error ${number}`;

export interface FakeSettings extends AccountSettings, SchedulerSettings {
  /** Whether a call by cookie has to carry the SynoToken. */
  readonly needsToken: boolean;
  /** What the desktop gets first; by default as clients that run on real NASes read it. */
  readonly initdata: (session: Pick<FakeSession, 'user' | 'isAdmin'>) => unknown;
  /** What goes wrong with a call, if anything. */
  readonly fault: (call: FakeCall) => Fault | undefined;
}

export interface FakeDsmOptions extends GivenTasks {
  readonly profile?: Profile;
  /** Serves HTTPS with it. */
  readonly certificate?: TestCertificate;
  readonly settings?: Partial<FakeSettings>;
  readonly port?: number;
}

export interface FakeDsm
  extends
    Pick<Scheduler, 'start' | 'end' | 'starts'>,
    Pick<Accounts, 'signIns' | 'secrets' | 'endSessions' | 'sessions'> {
  readonly url: string;
  readonly port: number;
  /** All calls so far. */
  readonly calls: FakeCall[];
  set(settings: Partial<FakeSettings>): void;
  /** Takes no connections any more, and breaks those that there are. */
  down(): Promise<void>;
  /** Comes back, at the same port. */
  up(): Promise<void>;
}

export const account = 'Vt5kXq8nBz-Pw3hN8';
export const password = 'Qx7 "ä&+%=vR2mK9wZ6jL';

const usual: FakeSettings = {
  accounts: { [account]: { password } },
  idleMs: 15 * 60_000,
  lapseCode: 119,
  isSingleSession: false,
  trustsDevices: true,
  secondSteps: ['otp'],
  autoBlock: { failures: 10, windowMs: 300_000, blockMs: 86_400_000 },
  ...usualScheduling,
  needsToken: true,
  initdata: ({ user, isAdmin }) => ({
    AppPrivilege: {},
    Session: { isLogined: true, is_admin: isAdmin, user },
    UserSettings: {},
  }),
  fault: () => undefined,
};

/** Starts one on loopback; `t` ends it. */
export async function startFakeDsm(
  t: { after(fn: () => Promise<void>): void },
  options: FakeDsmOptions = {},
): Promise<FakeDsm> {
  const { profile = 7, certificate } = options;
  let settings: FakeSettings = { ...usual, ...options.settings };
  const accounts = createAccounts(profile, () => settings);
  const scheduler = createScheduler(completeTasks(options), () =>
    profile > 5 ? settings : { ...settings, mixesTriggered: false },
  );
  const calls: FakeCall[] = [];
  const sockets = new Set<Socket>();

  const serve = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const call = await readCall(request);
    calls.push(call);
    const fault = settings.fault(call);
    if (fault === 'hang') return;
    if (fault === 'cut') return void request.socket.destroy();
    if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, 700).unref());
    if (fault === '502')
      return void response
        .writeHead(502, { 'Content-Type': 'text/html' })
        .end('<html><h1>502 Bad Gateway</h1></html>');
    if (fault === 'html')
      return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Sorry</html>');
    if (fault === 'redirect')
      return void response.writeHead(302, { Location: 'http://127.0.0.1:9/webapi/' }).end();
    if (fault === 'empty') return void response.writeHead(200).end();
    if (fault === 'huge')
      return void response.writeHead(200).end(`{"success":true,"data":"${'x'.repeat(10_000_000)}"}`);
    const headers: Record<string, string | string[]> = {
      'Content-Type': 'application/json; charset="UTF-8"',
    };
    const verdict: Verdict<unknown> = fault?.startsWith('error ')
      ? { error: Number(fault.slice(6)) }
      : answer(call, request, headers);
    if (fault === 'cut-after') return void request.socket.destroy();
    const body =
      'error' in verdict
        ? {
            error: {
              code: verdict.error,
              ...(verdict.errors === undefined ? {} : { errors: verdict.errors }),
            },
            success: false,
          }
        : { ...(verdict.data === undefined ? {} : { data: verdict.data }), success: true };
    const text = JSON.stringify(body);
    response.writeHead(200, headers).end(fault === 'truncated' ? text.slice(0, -3) : text);
  };

  const answer = (
    call: FakeCall,
    request: http.IncomingMessage,
    headers: Record<string, string | string[]>,
  ): Verdict<unknown> => {
    const { api, method, version, params, path } = call;
    if (api === '' || method === '' || Number.isNaN(version)) return { error: 101 };
    const info = catalogues[profile][api];
    if (info === undefined || !isServedAt(profile, api, path)) return { error: 102 };
    if (version < info.minVersion || version > info.maxVersion) return { error: 104 };
    if (!hasMethod(profile, api, version, method)) return { error: 103 };
    const address = request.socket.remoteAddress ?? '';
    if (api === 'SYNO.API.Info') return { data: describe(profile, params.get('query') ?? '') };
    if (api === 'SYNO.API.Auth.UIConfig') {
      headers['Set-Cookie'] = `_SSID=${randomBytes(32).toString('base64url')};path=/`;
      return { data: {} };
    }
    const cookieSid = /(?:^|;\s*)id=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    const sid = params.get('_sid') ?? cookieSid;
    if (api === 'SYNO.API.Auth') {
      if (method === 'logout') return (accounts.signOut(sid), { data: undefined });
      if (method !== 'login') return { error: 103 };
      const verdict = accounts.signIn(params, version, address);
      if ('data' in verdict && params.get('format') !== 'sid')
        headers['Set-Cookie'] = `id=${verdict.data.sid};path=/;HttpOnly`;
      return verdict;
    }
    const found = accounts.find(sid, address);
    if ('error' in found) return found;
    const session = found.data;
    const token = request.headers['x-syno-token'] ?? params.get('SynoToken');
    if (settings.needsToken && profile > 5 && !params.has('_sid') && token !== session.token)
      return { error: 119 };
    // That ordinary accounts are answered as well is one client's definition of it, and not seen on a NAS.
    if (api === 'SYNO.Core.Desktop.Initdata') return { data: settings.initdata(session) };
    if (!session.isAdmin || (profile === 7 && session.version < 7 && mutating.has(method))) {
      headers['x-request-error'] = 'noprivilege';
      return { error: 105 };
    }
    const values = [...params].map(([name, value]) => [name, toValue(value)] as const);
    if (values.some(([, value]) => value === 'True' || value === 'False')) return { error: 3103 };
    return scheduler.call(api, method, version, Object.fromEntries(values));
  };

  const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    serve(request, response).catch(() => request.socket.destroy());
  };
  const server =
    certificate === undefined
      ? http.createServer(handle)
      : https.createServer({ cert: certificate.cert, key: certificate.key }, handle);
  server.on(certificate === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  };
  const port = await listen(options.port ?? 0);
  t.after(down);
  return {
    ...scheduler,
    ...accounts,
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    calls,
    set(changed) {
      settings = { ...settings, ...changed };
    },
    down,
    up: async () => void (await listen(port)),
  };
}

/** The parameters may stand in the address, in the form, or in both; the API also behind the path. */
async function readCall(request: http.IncomingMessage): Promise<FakeCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://dsm');
  const [, path = '', apiInPath = ''] = /^\/webapi\/([^/]+)(?:\/(.+))?$/.exec(url.pathname) ?? [];
  const params = new URLSearchParams([
    ...url.searchParams,
    ...new URLSearchParams(Buffer.concat(chunks).toString()),
  ]);
  return {
    path,
    httpMethod: request.method ?? '',
    api: params.get('api') ?? apiInPath,
    method: params.get('method') ?? '',
    version: Number.parseInt(params.get('version') ?? '', 10),
    params,
    url: request.url ?? '',
  };
}

function describe(profile: Profile, query: string): object {
  const all = catalogues[profile];
  return query === 'all'
    ? all
    : Object.fromEntries(Object.entries(all).filter(([name]) => query.split(',').includes(name)));
}

/** Values are JSON; anything else is taken as text, as DSM mostly does. */
function toValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
