// Messages between server and worker as texts: what passes the contract must be usable, whatever else it holds.
import { isDeepStrictEqual } from 'node:util';
import { languages } from '../../src/languages/languages.ts';
import { Outcome, renderOutcome } from '../../src/outcome.ts';
import { renderReason } from '../../src/reasons/english.ts';
import { isToServer, isToWorker } from '../../src/worker/contract.ts';

/** Messages of each kind; bytes are written as `"bytes:…"`. */
export const messageSamples: readonly string[] = [
  '{"kind":"start","run":"r","task":"7","digest":"d"}',
  '{"kind":"stop","run":"r"}',
  '{"kind":"resume","run":"r","task":"7","process":{"pid":4711,"startTicks":"1","bootId":"b"}}',
  '{"kind":"resume","run":"r","task":"7","dsm":{"nas":"attic","task":{"kind":"scheduled","id":7},"agoMs":1.5,"trace":{"before":{"keys":["k"],"order":5,"local":1,"state":{"running":["6"],"lastEnd":"0 0"}},"isAccepted":true,"key":"six"}}}',
  '{"kind":"noted","run":"r","note":1,"isWritten":false}',
  '{"kind":"begun","run":"r","process":{"pid":1,"startTicks":"1","bootId":"b"}}',
  '{"kind":"resumed","run":"r","ageMs":1.5}',
  '{"kind":"unknown","run":"r"}',
  '{"kind":"output","run":"r","bytes":"bytes:hello"}',
  '{"kind":"note","run":"r","note":1,"trace":{"before":{"keys":[]},"key":"k"}}',
  '{"kind":"ended","run":"r","outcome":{"kind":"failed","exitCode":3,"reason":"It was.","why":{"code":"bug"}}}',
  '{"kind":"ended","run":"r","outcome":{"kind":"failed","signal":"SIGKILL","why":{"code":"no-way-into-dsm","nas":"attic","obstacles":["not-root"]}}}',
  '{"kind":"ended","run":"r","outcome":{"kind":"lost","why":{"code":"dsm-start-unclear","because":{"code":"dsm-refused","what":"call","by":"web-api","number":105}}}}',
];

/** Checks a text as a message; throws if a message passes that its receiver could not use. */
export function tryMessage(text: string): void {
  const message = parseMessage(text);
  const [passesToWorker, passesToServer] = [isToWorker(message), isToServer(message)];
  if (passesToWorker && passesToServer) throw new Error('A message passes in both directions');
  if (!passesToWorker && !passesToServer) return;
  const copy: unknown = structuredClone(message);
  if (!isDeepStrictEqual(copy, message))
    throw new Error('A message passes that cannot be copied to another process');
  if (!isToServer(message) || message.kind !== 'ended') return;
  const outcome = Outcome.parse(message.outcome);
  renderOutcome(outcome);
  if (outcome.why === undefined) return;
  renderReason(outcome.why);
  for (const { reason } of languages) reason(outcome.why);
}

function parseMessage(text: string): unknown {
  try {
    return JSON.parse(text, (_name, value: unknown) =>
      typeof value === 'string' && value.startsWith('bytes:')
        ? Uint8Array.from(Buffer.from(value.slice(6)))
        : value,
    );
  } catch {
    return undefined;
  }
}
