// Signs in to DSM: discovers what it offers, then logs in with the newest version that we support.
import * as z from 'zod';
import { initdataApi } from './administrator.ts';
import { toUnclear, type Refused, type Unanswered } from './call.ts';
import { maybe } from './dsm-values.ts';
import { explain } from '../outcome.ts';
import { toSignInRefusal } from './errors.ts';
import type { SendToDsm } from './http.ts';
import type { WebApiAccess } from './options.ts';
import { parseApis, readAnswer, renderForm, type ApiInfo } from './wire.ts';

const auth = 'SYNO.API.Auth';
const wanted = [auth, 'SYNO.Core.TaskScheduler', 'SYNO.Core.EventScheduler', initdataApi];
/** On DSM 7, sessions of older login versions may read but not start anything; newer versions are not known. */
const newestLogin = 7;

/** A session, and what DSM offers in it. */
export interface Session {
  readonly sid: string;
  readonly token: string | undefined;
  /** The address that was signed in to, of those that the URL's name has: DSM ends a session that is used from another address of ours. */
  readonly address?: string | undefined;
  readonly apis: ReadonlyMap<string, ApiInfo>;
}

/** The result of a sign-in; `isAttempt` is whether the password was sent to DSM. */
export type SignedIn =
  | {
      readonly kind: 'signed-in';
      readonly session: Session;
      readonly version: number;
      readonly deviceToken: string | undefined;
    }
  | ((Refused | Unanswered) & { readonly isAttempt: boolean });

/** A text; undefined if DSM sends no text, an empty one, or the dashes that it sends in place of a missing SynoToken. */
const Given = maybe(z.string().regex(/[^\s-]/));
const LoginData = z.object({ sid: z.string().min(1), synotoken: Given, did: Given, device_id: Given });

/** Signs in once. For a one-time code, DSM returns a device token, which replaces the code from then on, unless the caller wants no token. */
export async function signIn(
  send: SendToDsm,
  access: WebApiAccess,
  stop: AbortSignal,
  otpCode?: string,
  wantsDeviceToken = true,
): Promise<SignedIn> {
  const query = renderForm(
    { api: 'SYNO.API.Info', version: 1, method: 'query', query: wanted.join(',') },
    false,
  );
  const asked = await send({ path: `query.cgi?${query}` }, stop);
  const address = asked.kind === 'response' ? asked.address : undefined;
  const found = readAnswer('SYNO.API.Info', asked);
  if (found.kind !== 'answered') return { ...found, isAttempt: false };
  const apis = parseApis(found.data);
  const info = apis?.get(auth);
  if (apis === undefined || info === undefined)
    return { ...toUnclear('SYNO.API.Info', found), isAttempt: false };
  const version = access.versions.login ?? Math.min(info.maxVersion, newestLogin);
  const device =
    otpCode === undefined
      ? access.deviceToken === undefined
        ? {}
        : { device_id: access.deviceToken, device_name: access.deviceName }
      : {
          otp_code: otpCode,
          ...(wantsDeviceToken ? { enable_device_token: 'yes', device_name: access.deviceName } : {}),
        };
  const shown =
    otpCode !== undefined ? 'code' : access.deviceToken === undefined ? undefined : 'device-token';
  const params = {
    api: auth,
    version,
    method: 'login',
    account: access.account,
    passwd: access.password,
    session: access.session,
    format: 'sid',
    enable_syno_token: 'yes',
    ...device,
  };
  const answer = readAnswer(
    auth,
    await send({ path: info.path, form: renderForm(params, false), address }, stop),
  );
  if (answer.kind === 'refused')
    return { ...answer, ...explain(toSignInRefusal(answer, shown)), isAttempt: true };
  if (answer.kind !== 'answered') return { ...answer, isAttempt: answer.mayHaveActed };
  const { data } = LoginData.safeParse(answer.data);
  if (data === undefined) return { ...toUnclear('SYNO.API.Auth'), isAttempt: true };
  const session = { sid: data.sid, token: data.synotoken, address, apis };
  return { kind: 'signed-in', session, version, deviceToken: data.device_id ?? data.did };
}

/** Ends a session; the result does not matter. */
export async function signOut(
  send: SendToDsm,
  { sid, token, address, apis }: Session,
  access: Pick<WebApiAccess, 'session' | 'versions'>,
): Promise<void> {
  const info = apis.get(auth);
  if (info === undefined) return;
  const version = access.versions.login ?? Math.min(info.maxVersion, newestLogin);
  const params = {
    api: auth,
    version,
    method: 'logout',
    session: access.session,
    _sid: sid,
    SynoToken: token,
  };
  await send({ path: info.path, form: renderForm(params, false), address }, AbortSignal.timeout(3000));
}
