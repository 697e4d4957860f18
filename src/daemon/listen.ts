// Listening on an address; if that fails, the error explains what the operator can do.
import { AppError, toErrorCode } from '../errors.ts';

/** A server and the address to listen on; `part` is the part of the config that contains the address. */
export interface ListenAddress {
  readonly part: 'server' | 'admin';
  readonly host: string;
  readonly port: number;
}

interface Listener {
  listen(host: string, port: number): Promise<void>;
}

/** Listens, or throws AppError. */
export async function listen(app: Listener, { part, host, port }: ListenAddress): Promise<void> {
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
    if (unknownAddress.has(code) || (code === 'EINVAL' && host.includes('%')))
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

/** The codes for an address that does not exist here: unknown, tentative, or of a disabled family. For an interface that does not exist it is EINVAL. */
const unknownAddress: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** What the operator can do about a failure that the config did not cause. */
const remedies: Readonly<Partial<Record<string, string>>> = {
  EINVAL: 'Name the interface of a link-local address, as in "fe80::1%eth0"',
  EMFILE: 'Allow the daemon more open files (`ulimit -n`)',
  ENFILE: 'The system has too many open files: end other programs',
  ENOBUFS: 'The system is out of memory: end other programs',
  ENOMEM: 'The system is out of memory: end other programs',
};
