// Listening on an address; if that fails, the error explains what the operator can do.
import type { LoadedConfig } from '../config/load.ts';
import { AppError, toErrorCode } from '../errors.ts';

/** A server and the address to listen on; `part` is the part of the config that contains the address. */
export interface Listening {
  readonly part: 'server' | 'admin';
  readonly host: string;
  readonly port: number;
}

interface Listener {
  listen(host: string, port: number): Promise<void>;
  close(): Promise<void>;
}

/** Listens, or throws AppError. */
export async function listen(app: Pick<Listener, 'listen'>, { part, host, port }: Listening): Promise<void> {
  try {
    await app.listen(host, port);
  } catch (error) {
    const code = toErrorCode(error);
    const where = `port ${port} of ${host}`;
    if (code === 'EADDRINUSE')
      throw new AppError('port-taken', `Cannot listen on ${where}: another program does`, [
        `Stop that program (is it another remotetask?), or set ${part}.port in the config`,
      ]);
    if ((code === 'EACCES' || code === 'EPERM') && port < 1024)
      throw new AppError('port-privileged', `Cannot listen on ${where}: ports below 1024 are for root`, [
        `Set ${part}.port in the config to 1024 or more`,
      ]);
    if (unknownAddress.has(code))
      throw new AppError(
        'address-unavailable',
        `Cannot listen on ${host}: this machine does not have that address`,
        [
          `Set ${part}.listen in the config to one of its addresses, or to ${part === 'server' ? '"0.0.0.0"' : '"127.0.0.1"'}`,
        ],
      );
    throw new AppError('cannot-listen', `Cannot listen on ${where} (${code})`, [
      remedies[code] ?? `Set another ${part}.port or ${part}.listen in the config`,
    ]);
  }
}

/** Listens on the addresses of a config; if that fails, closes the listeners and these other parts, and throws AppError. */
export async function listenOrClose(
  { app, admin }: { readonly app: Listener; readonly admin: Listener | undefined },
  config: Pick<LoadedConfig, 'server' | 'admin'>,
  others: readonly { close(): Promise<void> }[],
): Promise<void> {
  try {
    await listen(app, { part: 'server', host: config.server.listen, port: config.server.port });
    if (admin !== undefined && config.admin !== undefined)
      await listen(admin, { part: 'admin', host: config.admin.listen, port: config.admin.port });
  } catch (error) {
    for (const part of [app, admin, ...others]) await part?.close();
    throw error;
  }
}

/** The codes for an address that does not exist here: unknown, of a disabled family, link-local without an interface, or a name without an address. */
const unknownAddress: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'EINVAL',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ENODATA',
]);

/** What the operator can do about a failure that the config did not cause. */
const remedies: Readonly<Partial<Record<string, string>>> = {
  EMFILE: 'Allow the daemon more open files (`ulimit -n`)',
  ENFILE: 'The system has too many open files: end other programs',
  ENOBUFS: 'The system is out of memory: end other programs',
  ENOMEM: 'The system is out of memory: end other programs',
};
