// The program behind the stand-in for synowebapi: reads its arguments as the real one does, and answers as its moods are.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Verdict } from '../fake-dsm/accounts.ts';
import { catalogues, hasMethod, type Profile } from '../fake-dsm/catalogue.ts';
import {
  loadLines,
  loadState,
  useScheduler,
  usualMoods,
  type Fault,
  type FakeToolCall,
  type Moods,
} from './fake-synowebapi.ts';
import { renderPretty } from './render.ts';

interface Call {
  readonly isSilent: boolean;
  readonly isExec: boolean;
  readonly api: string;
  readonly method: string;
  readonly version: number;
  readonly params: Readonly<Record<string, unknown>>;
  /** Values that are no JSON, and are taken as text. */
  readonly bareWords: readonly string[];
}

function readCall(argv: readonly string[]): Call {
  const head = new Map<string, string>();
  const params: Record<string, unknown> = {};
  const bareWords: string[] = [];
  for (const argument of argv) {
    const [, name = '', value = ''] = /^([^=-][^=]*)=(.*)$/s.exec(argument) ?? [];
    if (['api', 'method', 'version'].includes(name)) head.set(name, value);
    else if (name !== '') {
      params[name] = value;
      try {
        params[name] = JSON.parse(value);
      } catch {
        bareWords.push(value);
      }
    }
  }
  return {
    isSilent: argv[0] === '-s',
    isExec: argv.some((argument) => argument === '--exec' || argument === '--exec-fastwebapi'),
    api: head.get('api') ?? '',
    method: head.get('method') ?? '',
    version: Number.parseInt(head.get('version') ?? '', 10),
    params,
    bareWords,
  };
}

function toVerdict(
  folder: string,
  profile: Profile,
  { api, method, version, params }: Call,
): Verdict<unknown> {
  if (api === '' || method === '' || Number.isNaN(version)) return { error: 101 };
  const info = catalogues[profile][api];
  if (info === undefined) return { error: 102 };
  if (version < info.minVersion || version > info.maxVersion) return { error: 104 };
  if (!hasMethod(profile, api, version, method)) return { error: 103 };
  if (Object.values(params).some((value) => value === 'True' || value === 'False')) return { error: 3103 };
  return useScheduler(folder, ({ call }) => call(api, method, version, params));
}

/** The fault of a call, the last of those that are written down. */
function findFault({ faults }: Moods, calls: readonly Call[]): Fault | undefined {
  const rule = faults.find(({ method, task, times = Infinity }) => {
    const fits = (call: Call | undefined): boolean =>
      call !== undefined &&
      (method ?? call.method) === call.method &&
      (task ?? call.params['task_name']) === call.params['task_name'];
    return fits(calls.at(-1)) && calls.filter(fits).length <= times;
  });
  return rule?.fault;
}

function render(verdict: Verdict<unknown>, { isOnOneLine }: Moods): string {
  const answer =
    'error' in verdict
      ? { error: { code: verdict.error }, httpd_restart: false, success: false }
      : {
          ...(verdict.data === undefined ? {} : { data: verdict.data }),
          httpd_restart: false,
          success: true,
        };
  return isOnOneLine ? `${JSON.stringify(answer)}\n` : renderPretty(answer);
}

/** At once and whole, whatever becomes of this process. */
function print(text: string, to: 'stdout' | 'stderr' = 'stdout'): void {
  for (let bytes = Buffer.from(text); bytes.length > 0;)
    bytes = bytes.subarray(fs.writeSync(to === 'stdout' ? 1 : 2, bytes));
}

/** Until the test is over. */
async function hang(folder: string): Promise<void> {
  while (fs.existsSync(path.join(folder, 'state.json'))) await pause(100);
}

async function main([folder = '', ...argv]: readonly string[]): Promise<number> {
  // The stand-in's own, for a quicker start.
  const { NODE_COMPILE_CACHE: _, ...environment } = process.env as Record<string, string>;
  const seen: FakeToolCall = { pid: process.pid, argv, environment };
  fs.appendFileSync(path.join(folder, 'calls'), `${JSON.stringify(seen)}\n`);
  const { profile, moods: changed } = loadState(folder);
  const moods = { ...usualMoods, ...changed };
  const call = readCall(argv);
  if (!moods.isRoot) return (print('synowebapi: Permission denied\n', 'stderr'), 13);
  if (call.isSilent && moods.silentOption === 'unknown')
    return (print("synowebapi: invalid option -- 's'\n", 'stderr'), 1);
  if (!call.isExec) return (print('Usage: synowebapi --exec api=... version=... method=...\n'), 1);
  if (moods.silentOption === (call.isSilent ? 'forbidden' : 'needed'))
    return (print('[Line 120] Create CredRequest fail\n', moods.logTo), 1);
  for (const word of call.bareWords) print(`[Line 265] Not a json value: ${word}\n`, 'stderr');
  const { api, version, method, params } = call;
  const param = JSON.stringify(params);
  print(
    `[Line 295] Exec WebAPI:  api=${api}, version=${version}, method=${method}, param=${param}, runner=SYSTEM_ADMIN\n`,
    moods.logTo,
  );

  const calls = loadLines<FakeToolCall>(path.join(folder, 'calls')).map((line) => readCall(line.argv));
  const fault = findFault(moods, calls);
  const printAnswer = (verdict: Verdict<unknown>): void =>
    print(moods.before + render(verdict, moods) + moods.after);
  const printHalf = (): void => print('{\n   "data" : {\n      "tas');
  if (fault?.startsWith('error ')) return (printAnswer({ error: Number(fault.slice(6)) }), moods.exitStatus);
  if (fault === 'slow') await pause(700);
  const verdict =
    fault === undefined || fault === 'slow' || fault.endsWith('-after')
      ? toVerdict(folder, profile, call)
      : undefined;
  switch (fault) {
    case 'hang':
    case 'hang-after':
      await hang(folder);
      return 0;
    case 'killed':
    case 'killed-after':
      printHalf();
      process.kill(process.pid, 'SIGKILL');
      return 0;
    case 'cut':
    case 'cut-after':
      return (printHalf(), 0);
    case 'mute':
      return 0;
    case 'empty':
      return (print('\n'), 0);
    case 'junk':
      return (print('Segmentation \u001b[31mfault\u0007\n{ this is no answer }\n}\n'), 139);
    case 'html':
      return (print('<html>\n{"success" : true}\n</html>\n'.replace('{', ' {')), 0);
    case 'huge':
      return (print(`{\n   "data" : "${'x'.repeat(10_000_000)}",\n   "success" : true\n}\n`), 0);
    default:
      if (verdict !== undefined) printAnswer(verdict);
      return moods.exitStatus;
  }
}

process.exitCode = await main(process.argv.slice(2));
