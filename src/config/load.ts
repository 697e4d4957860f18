// Loads config.json for the daemon: reads, parses and validates it, and looks keys up. Reports all problems at once.
import path from 'node:path';
import type { AdminConfig } from '../admin/options.ts';
import { listNases, type NasSettings } from '../dsm/options.ts';
import { AppError } from '../errors.ts';
import type { TlsPair } from '../listener/options.ts';
import type { ServerOptions } from '../http/options.ts';
import type { LogOptions } from '../log/log.ts';
import type { NotifyTarget } from '../notify/options.ts';
import { createLookOnce } from '../processes/writers.ts';
import type { Task } from '../tasks.ts';
import type { GivenKey, Keys } from '../entry/gate.ts';
import { collectKeys, collectNames } from './collect-keys.ts';
import { explainIssues, toSentence } from './explain.ts';
import { toPath, type Finding } from './finding.ts';
import { findNamesThatAreKeys, judgeKeys, type PlacedKey } from './key-rules.ts';
import { listFiles, listSecrets } from './list-files.ts';
import { loadBytes, toText } from './load-file.ts';
import { explainBytes } from './mistaken-file.ts';
import { createSecretPlace } from './load-secret.ts';
import { tryLoadTls } from './load-tls.ts';
import { isLoopback } from './loopback.ts';
import { findOddSecrets } from './odd-secrets.ts';
import { findOpenPrograms, findOpenTools } from './open-programs.ts';
import { findOpenFiles } from './permissions.ts';
import { findUnusablePrograms } from './programs.ts';
import { invalid, renderProblem, sortProblems, toProblem } from './problems.ts';
import { findRefusedPorts } from './refused-ports.ts';
import { toConfigSchema, type Config } from './schema.ts';
import { toSeedIndependentShape } from './seed-shape.ts';
import { parseSource } from './source.ts';
import { toAdminConfig, warnOfPlainAdmin } from './to-admin.ts';
import { findTaskProblems } from './task-problems.ts';
import { toNases, toNasPath } from './to-nases.ts';
import { toNotifyTargets } from './to-notify.ts';
import { warnOfInsecureDsm } from './to-web-api.ts';
import { findSharedFiles } from './shared-files.ts';
import { findUndrawnIcons } from './undrawn-icons.ts';

/** A valid config. Paths are absolute, times are milliseconds. */
export interface LoadedConfig {
  readonly server: ServerOptions;
  readonly tls: TlsPair | undefined;
  readonly log: LogOptions & { readonly path: string };
  readonly history: { readonly path: string; readonly keep: number; readonly attempts: number };
  readonly tasks: readonly Task[];
  readonly keys: Keys;
  readonly notify: readonly NotifyTarget[];
  /** The NASes whose tasks can be run, by name; if the config names no NAS, there is one with the name ''. */
  readonly nases: ReadonlyMap<string, NasSettings>;
  /** The admin listener, if it is configured. */
  readonly admin: AdminConfig | undefined;
  /** All files that the config was read from. */
  readonly files: readonly string[];
  /** What is allowed but not recommended, one line each. */
  readonly warnings: readonly string[];
}

/** Loads a config file. Throws AppError `config-missing` or `config-invalid`, whose details are all problems with their places. */
export function loadConfig(file: string, env: NodeJS.ProcessEnv): LoadedConfig {
  return loadWithClearKeys(file, env).loaded;
}

/** A task with its keys in clear, if the config has them in clear and they have not expired. */
export interface ClearKeys {
  readonly task: Task;
  readonly magicKey: string | undefined;
  readonly taskKey: string | undefined;
}

/** The same, with the first magic key and task key of each task that are in clear and have not expired, so that its URL can be shown. */
export function loadWithClearKeys(
  file: string,
  env: NodeJS.ProcessEnv,
): { loaded: LoadedConfig; clearKeys: readonly ClearKeys[] } {
  const folder = path.dirname(file);
  const read = loadBytes(file);
  if ('problem' in read) {
    if (read.isMissing)
      throw new AppError('config-missing', `There is no ${file}`, [
        '`remotetask serve` makes one, or start from config.example.json',
      ]);
    throw invalid(file, [{ line: undefined, column: undefined, message: read.problem }]);
  }
  const mistaken = explainBytes(read.bytes);
  const decoded = mistaken === undefined ? toText(read.bytes) : { problem: mistaken };
  if ('problem' in decoded)
    throw invalid(file, [{ line: undefined, column: undefined, message: decoded.problem }]);
  const source = parseSource(decoded.text);
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
  const place = createSecretPlace(folder, env);
  const { magic, tasks } = collectKeys(config, shape, place, errors);
  const keys = [...magic, ...tasks.flatMap((task) => task.keys)];
  // Behind a trusted proxy, a listener on loopback receives calls from other machines too.
  const isLoopbackOnly = isLoopback(config.server.listen) && config.server.trustProxy.length === 0;
  const judged = judgeKeys(keys, { isLoopbackOnly, wallMs });
  const notify = toNotifyTargets(
    config.notify,
    tasks.map(({ task }) => task.id),
    place,
  );
  const { nases, errors: nasErrors } = toNases(config.dsm, place);
  const { admin, errors: adminErrors } = toAdminConfig(config, nases, place);
  const tls = tryLoadTls(config.server.tls, ['server', 'tls'], folder, errors);
  const named = listFiles(config, shape, folder);
  const files = [file, ...named.map((one) => one.file)];
  const allErrors = [
    ...errors,
    ...judged.errors,
    ...findNamesThatAreKeys(collectNames(config, shape, keys), keys),
    ...findTaskProblems(config, shape),
    ...notify.errors,
    ...nasErrors,
    ...adminErrors,
    ...findSharedFiles(config, folder, files),
  ];
  if (allErrors.length > 0)
    throw invalid(
      file,
      allErrors.map((finding) => toProblem(finding, source)),
    );
  const all = tasks.map(({ task }) => task);
  const look = createLookOnce();
  const warnings = [
    ...judged.warnings,
    ...findOddSecrets(listSecrets(config, shape), place),
    ...findUnusablePrograms(all),
    ...findUndrawnIcons(all),
    ...findRefusedPorts(config),
    ...warnOfNoTasks(config),
  ];
  const { magickey: _, ...server } = config.server;
  const loaded: LoadedConfig = {
    server,
    tls,
    log: { ...config.log, path: path.resolve(folder, config.log.file) },
    history: {
      keep: config.history.keep,
      attempts: config.history.attempts,
      path: path.resolve(folder, config.history.file),
    },
    tasks: all,
    keys: {
      magic: magic.map(toGivenKey),
      tasks: new Map(tasks.map(({ task, keys }) => [task.id, keys.map(toGivenKey)])),
      hasOverview: server.overview,
    },
    notify: notify.targets,
    nases,
    admin,
    files,
    warnings: [
      ...sortProblems(warnings.map((finding) => toProblem(finding, source))).map((problem) =>
        renderProblem(file, problem),
      ),
      ...findOpenFiles(file, named, look),
      ...(process.getuid?.() === 0
        ? [...findOpenPrograms(all, look), ...findOpenTools([...nases.values()], admin, look)]
        : []),
      ...warnOfPlainHttp(config),
      ...warnOfPlainAdmin(config.admin),
      ...[...listNases(config.dsm)].flatMap(([name, options]) => warnOfInsecureDsm(options, toNasPath(name))),
    ],
  };
  const clearKeys = tasks.map(({ task, keys }) => ({
    task,
    magicKey: findText(magic, wallMs),
    taskKey: findText(keys, wallMs),
  }));
  return { loaded, clearKeys };
}

/** The least severe level that is logged. */
export function toLevel({ log, server }: LoadedConfig): string {
  return log.level ?? (server.debug ? 'debug' : 'info');
}

/** What is kept of a key, without its text. */
function toGivenKey({ digest, label, expiresAtMs, asksFirst }: PlacedKey): GivenKey {
  return { digest, label, expiresAtMs, asksFirst };
}

function findText(keys: readonly PlacedKey[], wallMs: number): string | undefined {
  return keys.find(({ text, expiresAtMs = Infinity }) => text !== undefined && expiresAtMs > wallMs)?.text;
}

function warnOfNoTasks({ tasks }: Config): Finding[] {
  return Object.keys(tasks).length > 0
    ? []
    : [{ path: ['tasks'], message: 'Add a task: there is nothing to start' }];
}

function warnOfPlainHttp({ server }: Config): string[] {
  if (server.tls !== undefined || isLoopback(server.listen)) return [];
  return [
    "Keys can be read on the way: the daemon speaks plain HTTP. Forward the router's port to an HTTPS reverse proxy (README, HTTPS), or set server.tls",
  ];
}
