// Connects to a server of the owner's choice: over HTTPS only if its certificate is one that the config trusts.
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';

/** Which certificates are trusted: one by its SHA-256, those of the authorities in `ca` (PEM), the system's and Node's, or any. */
export interface Trust {
  readonly ca?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly insecure: boolean;
}

/** The code of the error if the server shows another certificate than the pinned one. */
export const otherCertificate = 'OTHER_CERTIFICATE';

/** The codes of Node and OpenSSL for a certificate that is not trusted, and our own. */
const certificateCodes: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  otherCertificate,
]);

/** Whether a connection failed because of the server's certificate. */
export function isAboutCertificate(code: string): boolean {
  return certificateCodes.has(code);
}

export interface Connector {
  /** Whether the address contains a name, and not an IP address. */
  readonly isName: boolean;
  /** Connects; over HTTPS, the certificate has been checked once this resolves, and nothing has been sent yet. Rejects with a system error. */
  connect(signal: AbortSignal, lookup?: net.LookupFunction): Promise<net.Socket>;
}

/** Connects to the server of an address that begins with `http:` or `https:`. */
export function createConnector({ protocol, hostname, port }: URL, trust: Trust): Connector {
  let options: tls.ConnectionOptions | undefined;
  const isTls = protocol === 'https:';
  const host = hostname.replaceAll(/[[\]]/g, '');
  const isName = net.isIP(host) === 0;
  return {
    isName,
    async connect(signal, lookup) {
      const to = {
        host,
        port: Number(port === '' ? (isTls ? 443 : 80) : port),
        ...(lookup === undefined || !isName ? {} : { lookup }),
      };
      const socket = isTls
        ? tls.connect({ ...to, servername: isName ? host : '', ...(options ??= toTlsOptions(trust)) })
        : net.connect(to);
      // Listens for errors at the moments when no other code does.
      socket.on('error', () => {});
      try {
        await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
        if (
          socket instanceof tls.TLSSocket &&
          trust.fingerprint !== undefined &&
          toFingerprint(socket) !== trust.fingerprint
        )
          throw Object.assign(new Error('Another certificate'), { code: otherCertificate });
        return socket;
      } catch (error) {
        socket.destroy();
        throw error;
      }
    },
  };
}

function toTlsOptions({ ca, fingerprint, insecure }: Trust): tls.ConnectionOptions {
  // A pinned certificate is checked once the connection is established, and before anything is sent.
  if (insecure || fingerprint !== undefined) return { rejectUnauthorized: false };
  return {
    rejectUnauthorized: true,
    secureContext: tls.createSecureContext({ ca: ca ?? listAuthorities() }),
  };
}

/** Node before 22.15 cannot list the system's authorities; then only Node's own are used. */
function listAuthorities(): string[] {
  if (typeof tls.getCACertificates !== 'function') return [...tls.rootCertificates];
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
}

function toFingerprint(socket: tls.TLSSocket): string | undefined {
  return socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
}
