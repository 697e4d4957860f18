// Watches the certificates of both listeners while the daemon runs: whether they are valid for long enough, and whether they fit the names that callers use.
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { CertificateState } from '../admin/pages/admin-deps.ts';
import { dayMs, type Clock } from '../clock.ts';
import { listPairs, type Pairs } from '../config/load-tls.ts';
import { findTimeFault, readCertificate } from '../listener/certificate.ts';
import type { Logger } from '../log/log.ts';

/** How often the certificates are checked; each warning is logged once a day. */
const checkMs = 3_600_000;
/** How many names per listener are remembered for which its certificate is not valid, and for how long. */
const maxNames = 20;
const nameMs = 14 * dayMs;

type ListenerName = CertificateState['listener'];

export interface Certificates {
  states(): readonly CertificateState[];
  /** Notes under which name an admitted caller of a listener came, if that was by HTTPS. */
  noteCaller(listener: ListenerName, request: IncomingMessage): void;
  /** Watches the certificates of this config from now on. */
  use(pairs: Pairs): void;
  close(): void;
}

/** Creates the watch, which begins with the first `use`. */
export function createCertificates({
  logger,
  clock,
}: {
  readonly logger: Logger;
  readonly clock: Clock;
}): Certificates {
  let pairs: Pairs = { tls: undefined, admin: undefined };
  let timer: NodeJS.Timeout | undefined;
  const seenMs = { server: new Map<string, number>(), admin: new Map<string, number>() };
  const loggedMs = new Map<string, number>();

  const states = (): CertificateState[] =>
    listPairs(pairs).flatMap(({ listener, pair }) => {
      const certificate = readCertificate(pair.cert);
      if (certificate === undefined) return [];
      const { subject, names, endsAtMs, fits } = certificate;
      const unfit = [...seenMs[listener].keys()].filter((host) => !fits(host));
      const fault = findTimeFault(certificate, clock.wallMs());
      const warnings = [
        ...(fault === undefined ? [] : [`${toOwner(listener)}: ${fault}`]),
        ...unfit.map((host) => toUnfit(listener, host, names)),
      ];
      return [{ listener, subject, names, endsAtMs, unfit, warnings }];
    });
  const check = (): void => {
    const nowMs = clock.nowMs();
    for (const seen of Object.values(seenMs))
      for (const [host, atMs] of seen) if (nowMs - atMs > nameMs) seen.delete(host);
    for (const [text, atMs] of loggedMs) if (nowMs - atMs >= dayMs) loggedMs.delete(text);
    for (const { listener, warnings } of states())
      for (const text of warnings) {
        if (loggedMs.has(text)) continue;
        loggedMs.set(text, nowMs);
        logger.warn({ event: 'certificate-warning', listener }, text);
      }
  };
  return {
    states,
    noteCaller(listener, request) {
      const host = toHost(request);
      const seen = seenMs[listener];
      if (host === undefined || isOfThisMachine(host)) return;
      const isKnown = seen.has(host);
      if (!isKnown && (seen.size >= maxNames || !isUnfit(pairs, listener, host))) return;
      seen.set(host, clock.nowMs());
      if (!isKnown) check();
    },
    use(next) {
      pairs = next;
      timer ??= setInterval(check, checkMs).unref();
      check();
    },
    close: () => clearInterval(timer),
  };
}

function isUnfit(pairs: Pairs, listener: ListenerName, host: string): boolean {
  const found = listPairs(pairs).find((one) => one.listener === listener);
  return found !== undefined && readCertificate(found.pair.cert)?.fits(host) === false;
}

function toOwner(listener: ListenerName): string {
  return listener === 'server' ? 'Certificate of the tasks' : 'Certificate of the admin page';
}

function toUnfit(listener: ListenerName, host: string, names: readonly string[]): string {
  const its = names.length === 0 ? 'no name' : names.slice(0, 5).join(', ');
  return `${toOwner(listener)}: callers use the name ${host}, and it is valid for ${its}: let them use a name that it has, or get one that has this name`;
}

/** The name or address under which a client has reached us by HTTPS: the one that it asked the certificate for. */
function toHost({ socket, headers }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  // Clients name no address to TLS, so only the Host header contains it.
  const asked =
    typeof socket.servername === 'string' && socket.servername !== '' ? socket.servername : headers.host;
  const host = asked?.slice(0, 300).replace(/:\d+$/, '').replaceAll(/[[\]]/g, '').toLowerCase();
  return host !== undefined && /^[\w.:-]{1,253}$/.test(host) ? host : undefined;
}

function isOfThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
