// The runs that a worker has not been allowed to forget, and what a server that comes back has to hear of each.
import type { Clock } from '../clock.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import { explain, type Outcome } from '../outcome.ts';
import { createOutputRing, type OutputRing } from '../output-ring.ts';
import { isToServer, maxOutputBytes, type ToServer } from './contract.ts';
import type { OutputWindow } from './output-window.ts';
import type { Work } from './work.ts';

type Trace = Extract<ToServer, { readonly kind: 'note' }>['trace'];

/** A run that is under way, or whose end the server has not acknowledged. */
export interface HeldRun {
  /** Its work, unless it has ended. */
  readonly work: () => Work | undefined;
  /** Keeps what was printed, and sends it. */
  print(chunk: Uint8Array): void;
  /** Sends a note; resolves with the answer, also if another server gives it. */
  note(trace: Trace): Promise<boolean>;
  answer(note: number, isWritten: boolean): void;
  /** The work has begun, so long ago. */
  begin(work: Work, ageMs: number): void;
  end(outcome: Outcome): void;
  hasEnded(): boolean;
  /** Sends everything to a server that knows only that there was such a run. */
  recall(): void;
  /** Sends nothing until it is recalled: the server that knew it is gone. */
  mute(): void;
  isMuted(): boolean;
  /** Releases the memory of its output. */
  forgetOutput(): void;
}

export interface HeldRunOptions {
  /** Reaches the server of the moment, if there is one. */
  readonly send: (message: ToServer) => void;
  /** How much output is kept for a server that comes back; with 0, all output is sent at once. */
  readonly keptBytes: number;
  readonly window: OutputWindow;
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Creates a held run. */
export function createHeldRun(
  run: string,
  { send, keptBytes, window, logger, clock }: HeldRunOptions,
): HeldRun {
  const ring: OutputRing | undefined = keptBytes === 0 ? undefined : createOutputRing(keptBytes);
  const notes = new Map<number, { readonly trace: Trace; readonly resolve: (isWritten: boolean) => void }>();
  let noted = 0;
  let begun: { readonly work: Work; readonly atMs: number } | undefined;
  let over: Extract<ToServer, { readonly kind: 'ended' }> | undefined;
  let isMuted = false;
  /** Up to which offset the output was sent, and whether the end was. */
  let sent = 0;
  let isEndSent = false;
  const sendAtOnce = (chunk: Uint8Array): void => {
    for (let at = 0; at < chunk.length; at += maxOutputBytes) {
      const bytes = chunk.subarray(at, at + maxOutputBytes);
      send({ kind: 'output', run, from: sent, bytes });
      sent += bytes.length;
    }
  };
  const sendNote = (note: number, trace: Trace): void => send({ kind: 'note', run, note, trace });
  /** Sends what is kept and was not sent, as soon as the window lets it through; after it, the end. */
  const flush = (): void => {
    if (isMuted) return;
    while (ring !== undefined && sent < ring.totalBytes()) {
      if (!window.isOpen()) return window.wait(flush);
      const { bytes, from } = ring.readFrom(sent, maxOutputBytes);
      if (bytes.length > 0) send({ kind: 'output', run, from, bytes });
      sent = from + bytes.length;
      window.spend(bytes.length);
    }
    if (over === undefined || isEndSent) return;
    isEndSent = true;
    send(over);
  };
  return {
    work: () => (over === undefined ? begun?.work : undefined),
    print(chunk) {
      if (ring === undefined) return sendAtOnce(chunk);
      const isUpToDate = !isMuted && sent === ring.totalBytes();
      ring.push(chunk);
      if (!isUpToDate || !window.isOpen()) return flush();
      window.spend(chunk.length);
      return sendAtOnce(chunk);
    },
    async note(trace) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const note = ++noted;
      notes.set(note, { trace, resolve });
      if (!isMuted) sendNote(note, trace);
      return await promise;
    },
    answer(note, isWritten) {
      notes.get(note)?.resolve(isWritten);
      notes.delete(note);
    },
    begin(work, ageMs) {
      begun = { work, atMs: clock.nowMs() - ageMs };
    },
    end(outcome) {
      const tookMs = begun === undefined ? undefined : Math.max(0, clock.nowMs() - begun.atMs);
      const message = { kind: 'ended', run, outcome, ...(tookMs === undefined ? {} : { tookMs }) } as const;
      if (isToServer(message)) over = message;
      else {
        // A bug of ours: the run ends all the same.
        logBug(
          logger,
          new TypeError('An outcome is against the contract'),
          'The outcome of a run could not be reported',
          { run },
        );
        over = { kind: 'ended', run, outcome: { kind: 'lost', ...explain({ code: 'bug' }) } };
      }
      ring?.shrink();
      flush();
    },
    hasEnded: () => over !== undefined,
    recall() {
      [isMuted, sent, isEndSent] = [false, 0, false];
      if (begun !== undefined)
        send({ kind: 'resumed', run, ageMs: clock.nowMs() - begun.atMs, process: begun.work.process });
      for (const [note, { trace }] of notes) sendNote(note, trace);
      flush();
    },
    mute: () => void (isMuted = true),
    isMuted: () => isMuted,
    forgetOutput: () => ring?.clear(),
  };
}
