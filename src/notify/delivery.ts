// What became of a notice, as a code with its details; sentences are made of it only where people read.
import { renderDuration } from '../values/duration.ts';

/** What a receiver wrote, made safe to show; undefined if it gave no reason. */
type Said = { readonly said?: string | undefined };

/** What became of one try to send a notice. */
export type Delivery =
  /** `isConfirmed`: the receiver answered what it answers only if it knows where the notice belongs. */
  { readonly code: 'delivered'; readonly status: number; readonly isConfirmed: boolean } | Failure;

/** Why a notice did not arrive. */
export type Failure =
  | { readonly code: 'unreachable'; readonly systemCode: string }
  | { readonly code: 'certificate'; readonly systemCode: string }
  | { readonly code: 'no-answer' }
  /** `to` is where the redirect leads, compared with the address in the config. */
  | { readonly code: 'redirect'; readonly status: number; readonly to: RedirectPlace }
  /** A status of 400 to 499, except for those that ask for another try: the same request would be refused again. */
  | ({ readonly code: 'refused'; readonly status: number } & Said)
  /** An answer like a success whose content is a refusal. */
  | ({ readonly code: 'denied'; readonly status: number } & Said)
  /** An answer like a success that is a page for people, such as one for signing in. */
  | { readonly code: 'page'; readonly status: number }
  /** The receiver takes no more for a while. */
  | ({ readonly code: 'busy'; readonly status: number; readonly retryAfterMs: number } & Said)
  /** Any other status: of 500 and more, and 408 and 425. */
  | ({ readonly code: 'faulty'; readonly status: number } & Said)
  /** The daemon was stopped before the notice arrived. */
  | { readonly code: 'stopped' };

export type RedirectPlace = 'https' | 'same-host' | 'other-host';

/** Whether another try would fail as well, until the owner changes something. */
export function isLasting({ code }: Failure): boolean {
  switch (code) {
    case 'certificate':
    case 'redirect':
    case 'refused':
    case 'denied':
    case 'page':
    case 'stopped':
      return true;
    case 'unreachable':
    case 'no-answer':
    case 'busy':
    case 'faulty':
      return false;
    default:
      return code satisfies never;
  }
}

const certificateTexts: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; are the clocks right?',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another name; give "ca" with that name, or "fingerprint"',
  OTHER_CERTIFICATE: 'it showed another certificate than "fingerprint" names',
};

const places: Readonly<Record<RedirectPlace, string>> = {
  https: 'to https:// on the same host: give that address',
  'same-host': 'within the same host: give the address that it leads to, or let notices pass a sign-in page',
  'other-host': 'to another host: give the address that it leads to, or let notices pass a sign-in page',
};

/** A delivery in English, for the log and the command line. It contains no part of the receiver's address. */
export function renderDelivery(delivery: Delivery): string {
  switch (delivery.code) {
    case 'delivered':
      return `HTTP ${delivery.status}`;
    case 'unreachable':
      return `it cannot be reached: ${delivery.systemCode}`;
    case 'certificate':
      return `${certificateTexts[delivery.systemCode] ?? 'its certificate is not trusted; give "ca" or "fingerprint"'} (${delivery.systemCode})`;
    case 'no-answer':
      return 'no answer in time';
    case 'redirect':
      return `HTTP ${delivery.status}, a redirect ${places[delivery.to]}`;
    case 'refused':
    case 'faulty':
      return `HTTP ${delivery.status}${renderSaid(delivery)}`;
    case 'denied':
      return `HTTP ${delivery.status}, but it did not take the notice${renderSaid(delivery)}`;
    case 'page':
      return `HTTP ${delivery.status}, but a page for people answered: is the address right, and does no sign-in page stand before it?`;
    case 'busy':
      return `HTTP ${delivery.status}, ${delivery.retryAfterMs > 0 ? `it takes no notice for ${renderDuration(delivery.retryAfterMs)}` : 'it takes no more notices now'}${renderSaid(delivery)}`;
    case 'stopped':
      return 'the daemon was stopped';
    default:
      return delivery satisfies never;
  }
}

function renderSaid({ said }: Said): string {
  return said === undefined ? '' : `: ${said}`;
}
