// From config.json to what the daemon needs: read, parsed, validated, keys looked up. All problems at once.
import path from 'node:path';
import type { AdminConfig } from '../admin/options.ts';
import type { WebApiAccess } from '../dsm/options.ts';
import { AppError } from '../errors.ts';
import type { ServerOptions, TlsPair } from '../http/options.ts';
import type { LogOptions } from '../log/log.ts';
import type { NotifyTarget } from '../notify/options.ts';
import type { User } from '../runners/user.ts';
import type { Task } from '../tasks.ts';
import type { GivenKey, Keys } from '../trigger.ts';
import { explainIssues, toSentence } from './explain.ts';
import { renderPath, toPath, type Finding, type Path } from './finding.ts';
import { findNamesThatAreKeys, judgeKeys, type PlacedKey } from './key-rules.ts';
import { resolveKeys, type KeySetting } from './key-setting.ts';
import { toSecretFile } from './load-secret.ts';
import { tryLoadTls } from './load-tls.ts';
import { isLoopback } from './loopback.ts';
import { findOpenFiles } from './permissions.ts';
import { findUnusablePrograms } from './programs.ts';
import { Config } from './schema.ts';
import { toSeedIndependentShape, type Shape } from './seed-shape.ts';
import { loadText, parseSource, type Problem, type Source } from './source.ts';
import { listAdminFiles, toAdminConfig, warnOfPlainAdmin } from './to-admin.ts';
import { toNotifyTargets } from './to-notify.ts';
import { findTaskProblems } from './task-problems.ts';
import { toTask, toUser } from './to-task.ts';
import { listWebApiFiles, toWebApiAccess, warnOfInsecureDsm } from './to-web-api.ts';

/** A config that is fit for use. Paths are absolute, times milliseconds. */
export interface LoadedConfig {
  readonly server: ServerOptions;
  readonly tls: TlsPair | undefined;
  readonly log: LogOptions & { readonly path: string };
  readonly history: { readonly path: string; readonly keep: number; readonly attempts: number };
  readonly keys: Keys;
  readonly notify: readonly NotifyTarget[];
  /** How DSM's Web API is reached, if the config says so. */
  readonly webapi: WebApiAccess | undefined;
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
  const parsed = Config.safeParse(shape.value, { error: toSentence, reportInput: false });
  if (!parsed.success) {
    const findings = explainIssues(parsed.error.issues).map((finding) => ({ ...finding, path: toPath(shape.toPlace(finding.path)) }));
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
  const { access: webapi, errors: webapiErrors } = toWebApiAccess(config.dsm, { folder, env });
  const { admin, errors: adminErrors } = toAdminConfig(config, webapi, { folder, env });
  errors.push(...notify.errors, ...webapiErrors, ...adminErrors);
  const tls = tryLoadTls(config.server.tls, ['server', 'tls'], folder, errors);
  if (errors.length > 0)
    throw invalid(
      file,
      errors.map((finding) => toProblem(finding, source)),
    );
  const warnings = [...judged.warnings, ...findUnusablePrograms(tasks.map(({ task }) => task)), ...warnOfNoTasks(config)];
  const { magickey: _, ...server } = config.server;
  const loaded: LoadedConfig = {
    server,
    tls,
    log: { ...config.log, path: path.resolve(folder, config.log.file) },
    history: { keep: config.history.keep, attempts: config.history.attempts, path: path.resolve(folder, config.history.file) },
    keys: { magic: magic.map(toGivenKey), tasks: tasks.map(({ task, keys }) => ({ task, keys: keys.map(toGivenKey) })) },
    notify: notify.targets,
    webapi,
    admin,
    files: [file, ...listFiles(config, folder)],
    warnings: [
      ...sortProblems(warnings.map((finding) => toProblem(finding, source))).map((problem) => renderProblem(file, problem)),
      ...findOpenFiles(
        file,
        tasks.map(({ task }) => task),
      ),
      ...warnOfPlainHttp(config),
      ...warnOfPlainAdmin(config.admin),
      ...warnOfInsecureDsm(config.dsm),
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
  return {
    magic: collect(config.server.magickey, ['server', 'magickey']),
    tasks: Object.entries(config.tasks).map(([id, options]) => ({
      task: toTask(shape.toTaskId(id), options, config.dsm, findUser(options, ['tasks', shape.toTaskId(id)])),
      keys: collect(options.identifier, ['tasks', id, 'identifier']),
    })),
  };
}

/** Everything that is shown or logged, and so must not be a key. */
function collectNames(config: Config, shape: Shape, keys: readonly PlacedKey[]): { text: string; path: Path }[] {
  return [
    ...Object.entries(config.tasks).flatMap(([key, { name }]) => {
      const id = shape.toTaskId(key);
      return [{ text: id, path: ['tasks', id] }, ...(name === undefined ? [] : [{ text: name, path: ['tasks', id, 'name'] }])];
    }),
    ...keys.flatMap(({ label, path: at }) => (label === undefined ? [] : [{ text: label, path: [...at.slice(0, -1), 'label'] }])),
  ];
}

/** Files beside the config itself: changes of theirs count as changes of the config. */
function listFiles({ server, dsm, notify, admin, tasks }: Config, folder: string): string[] {
  const keys = [server.magickey, ...Object.values(tasks).map(({ identifier }) => identifier)].flatMap((setting) =>
    Array.isArray(setting) ? setting.map(({ key }) => key) : [setting],
  );
  const secrets = [...keys, ...notify.flatMap(({ url, token }) => (token === undefined ? [url] : [url, token]))];
  const pair = server.tls === undefined ? [] : [server.tls.cert, server.tls.key].map((name) => path.resolve(folder, name));
  return [
    ...secrets.flatMap((secret) => toSecretFile(secret, folder)),
    ...listWebApiFiles(dsm, folder),
    ...listAdminFiles(admin, folder),
    ...pair,
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
