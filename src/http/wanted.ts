// How a caller wants to be answered: in which form and language, and after which wait.
import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';
import { chooseLanguage } from '../languages/languages.ts';
import { formats, type Asker } from './reply.ts';
import { toWaitMs } from './wait.ts';

export interface Wanted extends Asker {
  /** Whether the caller stays connected while the run continues, for events or for the output as it arrives. */
  readonly stream: 'events' | 'output' | undefined;
  /** How long the caller waits for the end of the run. */
  readonly waitMs: number;
}

/** Browsers by their names; PowerShell takes part of theirs. */
const browsers = /^(?:Mozilla|Opera|Lynx|E?Links|w3m|Dillo|NetSurf|URL\/Emacs)\b(?!.*PowerShell)/;

/** A browser shows what it is by its name, or by headers that only browsers send; wget2 asks for pages, and is not a browser. */
function isBrowser({ headers }: IncomingMessage): boolean {
  return (
    headers['sec-fetch-site'] !== undefined ||
    headers['sec-fetch-mode'] !== undefined ||
    browsers.test(headers['user-agent']?.slice(0, 512) ?? '')
  );
}

/** Reads what a caller wants from the headers and the query of its request. */
export function toWanted(request: IncomingMessage, query: string): Wanted {
  const negotiator = new Negotiator(request);
  const accepted = negotiator.mediaType([...formats]);
  // A program such as wget2 asks for pages as a browser does, but cannot show one, and repeats a POST where a 303 leads to.
  const isForPages =
    accepted === 'text/html' && (isBrowser(request) || negotiator.mediaType(['text/plain']) === undefined);
  const format =
    accepted === 'text/html' && !isForPages
      ? 'text/plain'
      : (formats.find((one) => one === accepted) ?? formats[0]);
  const waitMs = toWaitMs(query, request.headers['prefer']);
  return {
    format,
    language: chooseLanguage(request),
    hasWaited: waitMs > 0,
    waitMs,
    stream:
      negotiator.mediaType([...formats, 'text/event-stream']) === 'text/event-stream'
        ? 'events'
        : format === 'text/plain' && new URLSearchParams(query).has('follow')
          ? 'output'
          : undefined,
  };
}
