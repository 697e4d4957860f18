// From config.json to what the daemon needs: read, parsed, validated, keys looked up. All problems at once.
import path from 'node:path';
import type { AdminConfig } from '../admin/options.ts';
import { listNases, type NasSettings } from '../dsm/options.ts';
import { AppError } from '../errors.ts';
import type { ServerOptions, TlsPair } from '../http/options.ts';
import type { Icon } from '../icon.ts';
import type { LogOptions } from '../log/log.ts';
import type { NotifyTarget } from '../notify/options.ts';
import type { User } from '../runners/user.ts';
import type { Task } from '../tasks.ts';
import type { GivenKey, Keys } from '../gate.ts';
import { explainIssues, toSentence } from './explain.ts';
import { renderPath, toPath, type Finding, type Path } from './finding.ts';
import { findNamesThatAreKeys, judgeKeys, type PlacedKey } from './key-rules.ts';
import { resolveKeys, type KeySetting } from './key-setting.ts';
import { listFiles } from './list-files.ts';
import { tryLoadTls } from './load-tls.ts';
import { isLoopback } from './loopback.ts';
import { findOpenFiles } from './permissions.ts';
import { findUnusablePrograms } from './programs.ts';
import { toConfigSchema, type Config } from './schema.ts';
import { toSeedIndependentShape, type Shape } from './seed-shape.ts';
import { loadText, parseSource, type Problem, type Source } from './source.ts';
import { toAdminConfig, warnOfPlainAdmin } from './to-admin.ts';
import { findTaskProblems } from './task-problems.ts';
import { loadIcon } from './to-icon.ts';
import { toNases, toNasPath } from './to-nases.ts';
import { toNotifyTargets } from './to-notify.ts';
import { toTask, toUser } from './to-task.ts';
import { warnOfInsecureDsm } from './to-web-api.ts';
import { findUndrawnIcons } from './undrawn-icons.ts';

/** A config that is fit for use. Paths are absolute, times milliseconds. */
export interface LoadedConfig {
  readonly server: ServerOptions;
  readonly tls: TlsPair | undefined;
  readonly log: LogOptions & { readonly path: string };
  readonly history: { readonly path: string; readonly keep: number; readonly attempts: number };
  readonly keys: Keys;
  readonly notify: readonly NotifyTarget[];
  /** The NASes whose tasks can be run, by name; where the config names none, the one of '' alone. */
  readonly nases: ReadonlyMap<string, NasSettings>;
  /** The admin listener, if there is to be one. */
  readonly admin: AdminConfig | undefined;
  /** All files that the config was made of. */
  readonly files: readonly string[];
  /** What is allowed but not good, one line each. */
  readonly warnings: readonly string[];
}

/** Loads a config file. Throws AppError `config-missing` or `config-invalid`, whose details are all problems with their places. */
export function loadConfig(file: string, env: NodeJS.ProcessEnv): LoadedConfig {
  return loadWithClearKeys(file, env).loaded;
}

/** A task with its keys in clear, as far as the config has them so and they have not expired. */
export interface ClearKeys {
  readonly task: Task;
  readonly magicKey: string | undefined;
  readonly taskKey: string | undefined;
}

/** The same, and for each task the first magic key and task key that are in clear and still open, for who wants to see its URL. */
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
  const schema = toConfigSchema(shape.value);
  const parsed = schema.safeParse(shape.value, { error: toSentence, reportInput: false });
  if (!parsed.success) {
    const findings = explainIssues(parsed.error.issues, schema).map((finding) => ({
      ...finding,
      path: toPath(shape.toPlace(finding.path)),
    }));
    throw invalid(
      file,
      findings.map((finding) => toProblem(finding, source)),
    );
  }
  const config = parsed.data;
  const wallMs = Date.now();
  const errors: Finding[] = [];
  const { magic, tasks } = collectKeys(config, shape, { folder, env, errors });
  const keys = [...magic, ...tasks.flatMap((task) => task.keys)];
  // Behind a proxy that is trusted, a listener on loopback is called from elsewhere too.
  const isLoopbackOnly = isLoopback(config.server.listen) && config.server.trustProxy.length === 0;
  const judged = judgeKeys(keys, { isLoopbackOnly, wallMs });
  errors.push(...judged.errors, ...findNamesThatAreKeys(collectNames(config, shape, keys), keys), ...findTaskProblems(config, shape));
  const notify = toNotifyTargets(
    config.notify,
    tasks.map(({ task }) => task.id),
    { folder, env },
  );
  const { nases, errors: nasErrors } = toNases(config.dsm, { folder, env });
  const { admin, errors: adminErrors } = toAdminConfig(config, nases, { folder, env });
  errors.push(...notify.errors, ...nasErrors, ...adminErrors);
  const tls = tryLoadTls(config.server.tls, ['server', 'tls'], folder, errors);
  if (errors.length > 0)
    throw invalid(
      file,
      errors.map((finding) => toProblem(finding, source)),
    );
  const all = tasks.map(({ task }) => task);
  const warnings = [...judged.warnings, ...findUnusablePrograms(all), ...findUndrawnIcons(all), ...warnOfNoTasks(config)];
  const { magickey: _, ...server } = config.server;
  const loaded: LoadedConfig = {
    server,
    tls,
    log: { ...config.log, path: path.resolve(folder, config.log.file) },
    history: { keep: config.history.keep, attempts: config.history.attempts, path: path.resolve(folder, config.history.file) },
    keys: {
      magic: magic.map(toGivenKey),
      tasks: tasks.map(({ task, keys }) => ({ task, keys: keys.map(toGivenKey) })),
      hasOverview: server.overview,
    },
    notify: notify.targets,
    nases,
    admin,
    files: [file, ...listFiles(config, folder)],
    warnings: [
      ...sortProblems(warnings.map((finding) => toProblem(finding, source))).map((problem) => renderProblem(file, problem)),
      ...findOpenFiles(file, all),
      ...warnOfPlainHttp(config),
      ...warnOfPlainAdmin(config.admin),
      ...[...listNases(config.dsm)].flatMap(([name, options]) => warnOfInsecureDsm(options, toNasPath(name))),
    ],
  };
  const clearKeys = tasks.map(({ task, keys }) => ({ task, magicKey: findText(magic, wallMs), taskKey: findText(keys, wallMs) }));
  return { loaded, clearKeys };
}

/** The least grave level that is logged. */
export function toLevel({ log, server }: LoadedConfig): string {
  return log.level ?? (server.debug ? 'debug' : 'info');
}

/** What stays of a key: its text goes no further. */
function toGivenKey({ digest, label, expiresAtMs, asksFirst }: PlacedKey): GivenKey {
  return { digest, label, expiresAtMs, asksFirst };
}

function findText(keys: readonly PlacedKey[], wallMs: number): string | undefined {
  return keys.find(({ text, expiresAtMs = Infinity }) => text !== undefined && expiresAtMs > wallMs)?.text;
}

/** A problem as one line: `config.json:6:17 tasks.7.timeout: …`. */
function renderProblem(file: string, { line, column, message }: Problem): string {
  const place = line === undefined ? '' : `:${line}:${column}`;
  return `${path.basename(file)}${place} ${message}`;
}

function invalid(file: string, problems: readonly Problem[]): AppError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new AppError(
    'config-invalid',
    `Cannot use ${file}: ${count}`,
    sortProblems(problems).map((problem) => renderProblem(file, problem)),
  );
}

function sortProblems(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function toProblem({ path: at, message, subject }: Finding, source: Source): Problem {
  const shown = renderPath(subject === 'untold-name' ? at.slice(0, -1) : at);
  const text = shown === '' ? message : `${shown}: ${message}`;
  return subject === undefined ? source.problemAt(at, text) : source.problemAtKey(at, text);
}

function collectKeys(
  config: Config,
  shape: Shape,
  { folder, env, errors }: { readonly folder: string; readonly env: NodeJS.ProcessEnv; readonly errors: Finding[] },
): { magic: PlacedKey[]; tasks: { task: Task; keys: PlacedKey[] }[] } {
  const collect = (setting: KeySetting, at: readonly PropertyKey[]): PlacedKey[] => {
    const place = toPath(shape.toPlace(at));
    return resolveKeys(setting, { folder, env }).flatMap((key) => {
      const keyPath = [...place, ...key.at];
      if (!('problem' in key)) return [{ ...key, path: keyPath }];
      errors.push({ path: keyPath, message: key.problem });
      return [];
    });
  };
  const findUser = (options: Config['tasks'][string], at: Path): User | undefined => {
    const user = toUser(options);
    if (typeof user !== 'string') return user;
    errors.push({ path: [...at, options.user === undefined ? 'group' : 'user'], message: user });
    return undefined;
  };
  const findIcon = (options: Config['tasks'][string], at: Path): Icon | undefined => {
    const icon = loadIcon(options, folder);
    if (typeof icon !== 'string') return icon;
    errors.push({ path: [...at, 'icon'], message: icon });
    return undefined;
  };
  const [onlyNas = ''] = listNases(config.dsm).keys();
  return {
    magic: collect(config.server.magickey, ['server', 'magickey']),
    tasks: Object.entries(config.tasks).map(([key, options]) => {
      const id = shape.toTaskId(key);
      const at = ['tasks', id];
      return {
        task: toTask(id, options, onlyNas, { user: findUser(options, at), icon: findIcon(options, at) }),
        keys: collect(options.identifier, ['tasks', key, 'identifier']),
      };
    }),
  };
}

/** Everything that is shown or logged, and so must not be a key. */
function collectNames(config: Config, shape: Shape, keys: readonly PlacedKey[]): { text: string; path: Path }[] {
  return [
    ...Object.entries(config.tasks).flatMap(([key, { name, question }]) => {
      const id = shape.toTaskId(key);
      const shown = Object.entries({ name, question }).flatMap(([part, text]) =>
        text === undefined ? [] : [{ text, path: ['tasks', id, part] }],
      );
      return [{ text: id, path: ['tasks', id] }, ...shown];
    }),
    ...[...listNases(config.dsm).keys()].flatMap((name) => (name === '' ? [] : [{ text: name, path: toNasPath(name) }])),
    ...keys.flatMap(({ label, path: at }) => (label === undefined ? [] : [{ text: label, path: [...at.slice(0, -1), 'label'] }])),
  ];
}

function warnOfNoTasks({ tasks }: Config): Finding[] {
  return Object.keys(tasks).length > 0 ? [] : [{ path: ['tasks'], message: 'Add a task: there is nothing to start' }];
}

function warnOfPlainHttp({ server }: Config): string[] {
  if (server.tls !== undefined || isLoopback(server.listen)) return [];
  return [
    "Keys can be read on the way: the daemon speaks plain HTTP. Forward the router's port to an HTTPS reverse proxy (README, HTTPS), or set server.tls",
  ];
}
