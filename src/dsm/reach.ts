// Checks whether DSM can be reached at all, with a call that needs no sign-in.
import type { DsmAnswer } from './call.ts';
import { createDsmHttp } from './http.ts';
import type { WebApiAccess } from './options.ts';
import { readAnswer, renderForm } from './wire.ts';

/** Asks DSM what it offers. */
export async function reachDsm(
  access: Pick<WebApiAccess, 'url' | 'ca' | 'fingerprint' | 'insecure'>,
): Promise<DsmAnswer> {
  const query = renderForm(
    { api: 'SYNO.API.Info', version: 1, method: 'query', query: 'SYNO.API.Auth' },
    false,
  );
  return readAnswer(
    'SYNO.API.Info',
    await createDsmHttp(access)({ path: `query.cgi?${query}` }, new AbortController().signal),
  );
}
