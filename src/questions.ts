// Questions: a task that asks first is started only by who was shown the question and pressed the button.
import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import { createKeyring, toKeyDigest, type KeyDigest } from './keys.ts';

/** How long a question may be answered. */
const validMs = 5 * 60_000;
/** How many questions may be open; older ones are asked again. */
const maxOpen = 1000;

export interface Questions {
  /** Asks; the result is the one-time nonce that belongs into the answer. */
  ask(task: string): string;
  /** Whether this answers a question that was asked about the task and is still open; it is closed by that. */
  isAnswered(task: string, nonce: string): boolean;
}

export function createQuestions(clock: Clock): Questions {
  const open = createKeyring<{ readonly task: string; readonly askedMs: number }>();
  const asked: KeyDigest[] = [];
  return {
    ask(task) {
      const nonce = randomBytes(16).toString('base64url');
      const digest = toKeyDigest(nonce);
      open.add(digest, { task, askedMs: clock.nowMs() });
      asked.push(digest);
      const oldest = asked.length > maxOpen ? asked.shift() : undefined;
      if (oldest !== undefined) open.remove(oldest);
      return nonce;
    },
    isAnswered(task, nonce) {
      const question = open.find(Buffer.from(nonce));
      if (question === undefined || question.task !== task) return false;
      open.remove(toKeyDigest(nonce));
      return clock.nowMs() - question.askedMs < validMs;
    },
  };
}
