// A daemon whose one task counts its runs, and the bytes of the answers that strangers get.
import fs from 'node:fs';
import path from 'node:path';
import { createFolder, keyOf, magicKey, startDaemon, until, type TestDaemon } from './daemon.ts';
import { exchange } from './raw-http.ts';

/** The right keys of the counting task, and wrong ones of the same length. */
export const right = { magic: magicKey, task: keyOf('count') } as const;
export const wrong = {
  magic: magicKey.replace(/^.{5}/, 'wrong'),
  task: keyOf('count').replace(/^.{5}/, 'wrong'),
} as const;
export type KeyPair = { readonly magic: string; readonly task: string };

/** All four pairings of right and wrong. */
export const pairings: readonly KeyPair[] = [right.magic, wrong.magic].flatMap((magic) =>
  [right.task, wrong.task].map((task) => ({ magic, task })),
);

export const counting = {
  command: ['/bin/sh', '-c', 'echo x >> starts'],
  cooldown: '0s',
  whenBusy: 'parallel',
} as const;
/** Never the reason for a refusal. */
export const generous = { runs: 1_000_000 } as const;

export interface Gate {
  readonly daemon: TestDaemon;
  /** How often the task has run: lines that it wrote. Every call answered before has been counted. */
  runs(): Promise<number>;
}

/** Starts the daemon with the task `count`, and others. */
export async function startGate(
  t: { after(fn: () => Promise<void> | void): void },
  {
    tasks = {},
    server = {},
    more = {},
    nodeArgs = [],
    openFiles,
  }: {
    tasks?: Record<string, object>;
    server?: object;
    more?: object;
    nodeArgs?: readonly string[];
    openFiles?: number;
  } = {},
): Promise<Gate> {
  const removals: (() => void)[] = [];
  const folder = createFolder({ after: (fn) => void removals.push(fn) });
  const daemon = await startDaemon(t, {
    folder,
    nodeArgs,
    openFiles,
    tasks: { count: { ...counting, cwd: folder }, ...tasks },
    server: { rateLimit: generous, ...server },
    more,
  });
  t.after(() => removals.forEach((remove) => remove()));
  const file = path.join(folder, 'starts');
  let own = 0;
  return {
    daemon,
    async runs() {
      // One run of our own at the end: what came before it has been started by then.
      await exchange(daemon.port, `GET /${right.magic}/${right.task}?wait=60 HTTP/1.1\r\nHost: a\r\n\r\n`);
      own++;
      return await until(() => {
        const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').length / 2 : 0;
        const starts = daemon
          .history()
          .filter(({ event, task }) => event === 'start' && task === 'count').length;
        return lines === starts && lines >= own ? lines - own : undefined;
      }, 'as many lines of the task as starts in the history');
    },
  };
}

const page = (body: string): readonly string[] => [
  'Cache-Control: no-store',
  'Referrer-Policy: no-referrer',
  'X-Robots-Tag: noindex, nofollow',
  'X-Content-Type-Options: nosniff',
  `Content-Security-Policy: default-src 'none'; style-src 'sha256-STYLE'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'Content-Type: text/html; charset=utf-8',
  `Content-Length: ${Buffer.byteLength(body, 'latin1')}`,
];

const tails = {
  alive: ['Connection: keep-alive', 'Keep-Alive: timeout=5'],
  closed: ['Connection: close'],
} as const;

/** The one answer, byte for byte but for the date; `body` is the start page as it was once fetched. */
export function toStrangerAnswer(
  kind: '404' | '404 closed' | '404 head' | '400',
  body: string,
  styleHash: string,
): string {
  const status = kind === '400' ? 'HTTP/1.1 400 Bad Request' : 'HTTP/1.1 404 Not Found';
  const tail = kind === '400' || kind === '404 closed' ? tails.closed : tails.alive;
  const head = [status, ...page(body), ...tail].join('\r\n').replace('STYLE', styleHash);
  return `${head}\r\n\r\n${kind === '404 head' ? '' : body}`;
}
