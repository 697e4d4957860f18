// A call within an existing session.
import { findForm, type DsmAnswer, type DsmRequest } from './call.ts';
import { explain } from '../outcome.ts';
import { toRefusal } from './errors.ts';
import type { SendToDsm } from './http.ts';
import type { Session } from './sign-in.ts';
import { readAnswer, renderForm } from './wire.ts';

/** Makes a call once, in the form that fits this DSM; a session that is over is not renewed. */
export async function callInSession(
  send: SendToDsm,
  { sid, token, address, apis }: Session,
  request: DsmRequest,
  stop: AbortSignal,
): Promise<DsmAnswer> {
  const { api, method } = request;
  const info = apis.get(api);
  if (info === undefined) return { kind: 'refused', code: 102, ...explain(toRefusal(api, 102)) };
  const form = findForm(request, info.maxVersion);
  if (form === undefined) return { kind: 'refused', code: 104, ...explain(toRefusal(api, 104)) };
  const head = renderForm({ api, version: form.version, method, _sid: sid, SynoToken: token }, false);
  const params = renderForm(form.params, info.requestFormat === 'JSON');
  const headers = token === undefined ? {} : { 'X-SYNO-TOKEN': token };
  return readAnswer(
    api,
    await send({ path: info.path, form: params === '' ? head : `${head}&${params}`, headers, address }, stop),
  );
}
