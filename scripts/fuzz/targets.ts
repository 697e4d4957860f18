// What is fuzzed: each target takes any text, and must neither throw nor hang. The samples are where the changes begin.
import type { IncomingMessage } from 'node:http';
import { findCookie } from '../../src/listener/find-cookie.ts';
import { parseAttemptLine } from '../../src/attempts/attempt.ts';
import { parse } from '../../src/config/read-source.ts';
import { validate } from '../../src/config/validate.ts';
import { parseGroupIds, parseLoginAnswer, parseUserName } from '../../src/dsm/cgi-text.ts';
import { parseScheduledTasks } from '../../src/dsm/scheduled-tasks-text.ts';
import { parseSynowebapi } from '../../src/dsm/synowebapi-text.ts';
import { parseTaskList } from '../../src/dsm/task-list-text.ts';
import { parseLine } from '../../src/history/records.ts';
import { toTarget } from '../../src/http/call.ts';
import { readChosenTime } from '../../src/http/chosen-time.ts';
import { parseVisit } from '../../src/http/pages/visit.ts';
import { findQueryFault } from '../../src/http/query.ts';
import { toWanted } from '../../src/http/wanted.ts';
import { messageSamples, tryMessage } from './contract.ts';

export interface FuzzTarget {
  readonly samples: readonly string[];
  run(text: string): void;
}

/** A request as Node's parser passes it on: `METHOD TARGET`, then a header a line. */
function toRequest(text: string): IncomingMessage {
  const [first = '', ...lines] = text.split('\n');
  const [method = '', ...rest] = first.split(' ');
  const pairs = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon <= 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
  });
  const headersDistinct = Object.fromEntries(pairs.map(([name, value]) => [name, [value]]));
  const rawHeaders = pairs.flat();
  const url = rest.join(' ');
  const parts = {
    method,
    url,
    rawHeaders,
    headersDistinct,
    headers: Object.fromEntries(pairs),
    httpVersion: '1.1',
  };
  return parts as unknown as IncomingMessage;
}

export const targets: Readonly<Record<string, FuzzTarget>> = {
  request: {
    samples: [
      'GET /magic/task?wait=60&follow\nhost: nas\naccept: text/html',
      'POST /runs/6BLtaBrQ7XwzGuy1X7GS1A/then?nonce=x&after=45m\nprefer: wait=5',
      'POST /run\nauthorization: Bearer a%20b:c\nsec-fetch-mode: cors\nrange: bytes=0-',
      'GET http://nas/%E4/%2e%2e/home\naccept-language: de, fr;q=0.5\nuser-agent: Mozilla/5.0',
    ],
    run(text) {
      const request = toRequest(text);
      const target = toTarget(request);
      const query = 'query' in target ? target.query : '';
      const wanted = toWanted(request, query);
      findQueryFault(query, 'task', wanted);
      parseVisit(query);
      readChosenTime(query, { task: 'on', after: 1, when: 'ended', between: [1, 86_400_000], within: 1 });
    },
  },
  config: {
    samples: [
      '{ "server": { "magickey": "a-key-of-some-length" }, "tasks": { "7": { "identifier": "another-key-x", "hours": "07:00-22:00", "timeout": "10m" } } }',
      '{ // comment\n "listen": "0.0.0.0", "port": 1, "magickey": [{ "label": "a", "key": { "env": "X" }, "expires": "2027-01-31" }], "tasks": {}, }',
      '{ "dsm": { "home": { "webapi": { "url": "https://nas:5001", "account": "a", "password": "b" } } }, "notify": [{ "type": "ntfy", "url": "https://x/y" }] }',
      '{ "server": {}, "tasks": { "off": { "identifier": "k", "command": ["/bin/true"], "then": { "task": "on", "after": "2h", "between": ["1m", "8h"] } } } }',
    ],
    run(text) {
      const { value } = parse(text);
      if (value !== undefined) validate(value.value);
    },
  },
  dsm: {
    samples: [
      'uid=1024(admin) gid=100(users) groups=100(users),101(administrators)',
      'Content-type: text/html\n\n{ "SynoToken": "abc", "result": "success", "success": true }',
      '{"data":{"tasks":[{"id":7,"name":"a"}],"total":1},"success":true}',
      'User: root\nID: 7\nName: Back up\nLast Run Time: Mon Jan 1 00:00:00 2026\nStatus: Success(0)\n',
      '[Line 285] Not a json value: x\n{"error":{"code":119},"success":false}',
    ],
    run(text) {
      const bytes = Buffer.from(text);
      parseUserName(bytes);
      parseGroupIds(bytes);
      parseLoginAnswer(bytes);
      parseScheduledTasks(text);
      parseSynowebapi(text);
      parseTaskList(text);
    },
  },
  lines: {
    samples: [
      '{"event":"start","run":"r","task":"t","name":"n","at":"2026-01-01T00:00:00.000Z","address":"::1","then":{"task":"b","afterMs":1,"withinMs":2,"when":"ended"}}',
      '{"event":"end","run":"r","at":"2026-01-01T00:00:00.000Z","outcome":{"kind":"failed","why":{"code":"bug"}}}',
      '{"n":1,"at":"2026-01-01T00:00:00.000Z","result":"started","address":"1.2.3.4"}',
    ],
    run(text) {
      parseLine(text);
      parseAttemptLine(text);
    },
  },
  contract: { samples: messageSamples, run: tryMessage },
  cookies: {
    samples: ['id=abc; other="x y"; __Host-remotetask=k', '=; ;;id', 'id=%E4%; id=2'],
    run(text) {
      findCookie(text, 'id');
      findCookie(text, '__Host-remotetask');
    },
  },
};
