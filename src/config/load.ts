// From config.json to what the daemon needs: read, parsed, validated, keys looked up. All problems at once.
import path from 'node:path';
import { AppError, toErrorCode } from '../errors.ts';
import { loadTls, type ServerOptions } from '../http/options.ts';
import type { LogOptions } from '../log.ts';
import type { Task } from '../tasks.ts';
import type { GivenKey, Keys } from '../trigger.ts';
import { explainIssues, toSentence } from './explain.ts';
import { judgeKeys, renderPath, type Finding, type PlacedKey } from './key-rules.ts';
import { resolveKeys, type KeySetting } from './key-setting.ts';
import { findOpenFiles } from './permissions.ts';
import { Config } from './schema.ts';
import { toSeedIndependentShape, type Shape } from './seed-shape.ts';
import { loadText, parseSource, type Problem, type Source } from './source.ts';
import { toTask } from './to-task.ts';

/** A config that is fit for use. Paths are absolute, times milliseconds. */
export interface LoadedConfig {
  readonly server: ServerOptions;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly log: LogOptions & { readonly path: string };
  readonly history: { readonly path: string; readonly keep: number };
  readonly keys: Keys;
  /** What is allowed but not good, one line each. */
  readonly warnings: readonly string[];
}

/** Loads a config file. Throws AppError `config-missing` or `config-invalid`, whose details are all problems with their places. */
export function loadConfig(file: string, env: NodeJS.ProcessEnv): LoadedConfig {
  return loadWithClearKeys(file, env).loaded;
}

/** A task with its keys in clear, as far as the config has them so: undefined for digests. */
export interface ClearKeys {
  readonly task: Task;
  readonly magicKey: string | undefined;
  readonly taskKey: string | undefined;
}

/** The same, and for each task the first magic key and task key in clear, for who wants to see its URL. */
export function loadWithClearKeys(file: string, env: NodeJS.ProcessEnv): { loaded: LoadedConfig; clearKeys: readonly ClearKeys[] } {
  const folder = path.dirname(file);
  const read = loadText(file);
  if ('problem' in read) {
    if (read.isMissing)
      throw new AppError('config-missing', `There is no ${file}`, ['`remotetask serve` makes one, or start from config.example.json']);
    throw invalid(file, [{ line: undefined, column: undefined, message: read.problem }]);
  }
  const source = parseSource(read.text);
  if ('problems' in source) throw invalid(file, source.problems);
  const shape = toSeedIndependentShape(source.value);
  const parsed = Config.safeParse(shape.value, { error: toSentence, reportInput: false });
  if (!parsed.success) {
    const problems = explainIssues(parsed.error.issues).map(({ path: at, message, isName }) => {
      const place = shape.toPlace(at);
      const text = `${renderPath(place.map(String))}${place.length === 0 ? '' : ': '}${message}`;
      return isName ? source.problemAtKey(place, text) : source.problemAt(place, text);
    });
    throw invalid(file, problems);
  }
  const config = parsed.data;
  const errors: Finding[] = [];
  const { magic, tasks } = collectKeys(config, shape, { folder, env, errors });
  const judged = judgeKeys([...magic, ...tasks.flatMap(({ keys }) => keys)], { isLoopbackOnly: isLoopback(config.server.listen) });
  errors.push(...judged.errors, ...findTaskProblems(config, shape));
  const tls = tryLoadTls(config.server.tls, folder, errors);
  if (errors.length > 0)
    throw invalid(
      file,
      errors.map((finding) => toProblem(finding, source)),
    );
  const warnings = judged.warnings.map((finding) => renderProblem(file, toProblem(finding, source)));
  const loaded: LoadedConfig = {
    server: config.server,
    tls,
    log: { ...config.log, path: path.resolve(folder, config.log.file) },
    history: { keep: config.history.keep, path: path.resolve(folder, config.history.file) },
    keys: { magic: magic.map(toGivenKey), tasks: tasks.map(({ task, keys }) => ({ task, keys: keys.map(toGivenKey) })) },
    warnings: [
      ...warnings,
      ...findOpenFiles(
        file,
        tasks.map(({ task }) => task),
      ),
      ...warnOfPlainHttp(config),
    ],
  };
  const clearKeys = tasks.map(({ task, keys }) => ({ task, magicKey: findText(magic), taskKey: findText(keys) }));
  return { loaded, clearKeys };
}

/** What stays of a key: its text goes no further. */
function toGivenKey({ digest, label, expiresAtMs }: PlacedKey): GivenKey {
  return { digest, label, expiresAtMs };
}

function findText(keys: readonly PlacedKey[]): string | undefined {
  return keys.find(({ text }) => text !== undefined)?.text;
}

/** A problem as one line: `config.json:6:17 tasks.7.timeout: …`. */
function renderProblem(file: string, { line, column, message }: Problem): string {
  const place = line === undefined ? '' : `:${line}:${column}`;
  return `${path.basename(file)}${place} ${message}`;
}

function invalid(file: string, problems: readonly Problem[]): AppError {
  const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new AppError(
    'config-invalid',
    `Cannot use ${file}: ${count}`,
    sorted.map((problem) => renderProblem(file, problem)),
  );
}

function toProblem({ path: at, message }: Finding, source: Source): Problem {
  return source.problemAt(at, `${renderPath(at)}: ${message}`);
}

function collectKeys(
  config: Config,
  shape: Shape,
  { folder, env, errors }: { readonly folder: string; readonly env: NodeJS.ProcessEnv; readonly errors: Finding[] },
): { magic: PlacedKey[]; tasks: { task: Task; keys: PlacedKey[] }[] } {
  const collect = (setting: KeySetting, at: readonly PropertyKey[]): PlacedKey[] => {
    const place = shape.toPlace(at).map((step) => (typeof step === 'symbol' ? '' : step));
    return resolveKeys(setting, { folder, env }).flatMap((key) => {
      const keyPath = [...place, ...key.at];
      if (!('problem' in key)) return [{ ...key, path: keyPath }];
      errors.push({ path: keyPath, message: key.problem });
      return [];
    });
  };
  return {
    magic: collect(config.server.magickey, ['server', 'magickey']),
    tasks: Object.entries(config.tasks).map(([id, options]) => ({
      task: toTask(shape.toTaskId(id), options, config.dsm),
      keys: collect(options.identifier, ['tasks', id, 'identifier']),
    })),
  };
}

/** What the schema cannot see: whether a task without a command can be one of DSM's. */
function findTaskProblems(config: Config, shape: Shape): Finding[] {
  return Object.entries(config.tasks).flatMap(([key, { command, cwd, env }]) => {
    const id = shape.toTaskId(key);
    if (command !== undefined) return [];
    if (!/^[1-9]\d{0,8}$/.test(id))
      return [
        { path: ['tasks', id], message: 'Add a "command", or name the task by its number in DSM: without a command it is a DSM task' },
      ];
    const idle = [...(cwd === undefined ? [] : ['cwd']), ...(env === undefined ? [] : ['env'])];
    return idle.map((name) => ({ path: ['tasks', id, name], message: 'Remove this, or add a "command": a DSM task does not heed it' }));
  });
}

function tryLoadTls(tls: ServerOptions['tls'], folder: string, errors: Finding[]): LoadedConfig['tls'] {
  if (tls === undefined) return undefined;
  try {
    return loadTls({ cert: path.resolve(folder, tls.cert), key: path.resolve(folder, tls.key) });
  } catch (error) {
    errors.push({
      path: ['server', 'tls'],
      message: `Cannot use the certificate and its key (${toErrorCode(error)}): give two PEM files that belong together and that the daemon may read`,
    });
    return undefined;
  }
}

function warnOfPlainHttp({ server }: Config): string[] {
  if (server.tls !== undefined || isLoopback(server.listen)) return [];
  return [
    "Keys can be read on the way: the daemon speaks plain HTTP. Forward the router's port to an HTTPS reverse proxy (README, HTTPS), or set server.tls",
  ];
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
