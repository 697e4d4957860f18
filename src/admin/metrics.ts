// The metrics for Prometheus: numbers by result, kind and task; never a key, an address or a name.
import type { Counter, Gauge } from 'prom-client';
import { refusals } from '../attempts/attempt.ts';
import type { RunNews } from '../runs/lifecycle.ts';
import type { AdminDeps } from './pages/admin-deps.ts';

export interface Metrics {
  readonly contentType: string;
  /** Counts what happens to runs. */
  count(news: RunNews): void;
  /** Everything in Prometheus' text format. */
  render(): Promise<string>;
}

/** Durations of tasks: from a tenth of a second to six hours. */
const buckets = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 21_600];

export async function createMetrics({
  tally,
  runs,
  tasks,
  config,
  certificates,
  health,
  dsmStates,
  version,
}: Pick<
  AdminDeps,
  'tally' | 'runs' | 'tasks' | 'config' | 'certificates' | 'health' | 'dsmStates' | 'version'
>): Promise<Metrics> {
  // Loaded only now, because it is useless without an admin listener.
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const register = new Registry();
  const registers = [register];
  const gauge = <T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[],
    collect: (gauge: Gauge<T>) => void,
  ): void => {
    const made: Gauge<T> = new Gauge({ name, help, labelNames, registers, collect: () => collect(made) });
  };
  /** Rebuilt at each request from counts kept elsewhere. */
  const counter = <T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[],
    collect: (counter: Counter<T>) => void,
  ): void => {
    const made: Counter<T> = new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        made.reset();
        collect(made);
      },
    });
  };
  const ended = new Counter({
    name: 'remotetask_runs_total',
    help: 'Runs that have ended, by task and outcome.',
    labelNames: ['task', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'remotetask_run_duration_seconds',
    help: 'How long runs took, by task.',
    labelNames: ['task'],
    buckets,
    registers,
  });
  const waits = new Histogram({
    name: 'remotetask_run_waiting_seconds',
    help: 'How long runs waited for their turn behind an earlier run, by task.',
    labelNames: ['task'],
    buckets,
    registers,
  });
  const isRefusal: ReadonlySet<string> = new Set(refusals);

  counter(
    'remotetask_attempts_total',
    'Calls with the right keys, and stops, by result.',
    ['result'],
    (made) => {
      for (const [result, count] of tally.results)
        if (!isRefusal.has(result) || result === 'limited') made.inc({ result }, count);
    },
  );
  counter(
    'remotetask_strangers_total',
    'Calls without the right keys, by what was wrong.',
    ['kind'],
    (made) => {
      for (const [kind, count] of tally.results)
        if (isRefusal.has(kind) && kind !== 'limited') made.inc({ kind }, count);
    },
  );
  gauge('remotetask_runs_live', 'Runs that go on, by task.', ['task'], (made) => {
    made.reset();
    for (const { id } of tasks()) made.set({ task: id }, 0);
    for (const run of runs.live()) made.inc({ task: run.task.id });
  });
  gauge('remotetask_tasks', 'Tasks in the config.', [], (made) => made.set(tasks().length));
  gauge('remotetask_config_ok', 'Whether the config file of now is in force.', [], (made) =>
    made.set(config().refused === undefined ? 1 : 0),
  );
  gauge(
    'remotetask_config_taken_timestamp_seconds',
    'When the config that is in force was taken up.',
    [],
    (made) => made.set(Date.parse(config().takenAt) / 1000),
  );
  gauge('remotetask_config_warnings', 'Warnings about the config.', [], (made) =>
    made.set(config().warnings.length),
  );
  gauge('remotetask_healthy', 'Whether all is well, as /healthz has it.', [], (made) =>
    made.set(health().length === 0 ? 1 : 0),
  );
  gauge('remotetask_dsm_ok', 'Whether DSM can be used, by NAS and way.', ['nas', 'way'], (made) => {
    made.reset();
    for (const state of dsmStates())
      made.set({ nas: state.name, way: state.way }, state.health === 'failing' ? 0 : 1);
  });
  gauge(
    'remotetask_certificate_expires_timestamp_seconds',
    'When the certificate of a listener ends.',
    ['listener'],
    (made) => {
      made.reset();
      for (const { listener, endsAtMs } of certificates()) made.set({ listener }, endsAtMs / 1000);
    },
  );
  gauge(
    'remotetask_certificate_unfit_names',
    'Names that callers use and that the certificate of a listener is not valid for.',
    ['listener'],
    (made) => {
      made.reset();
      for (const { listener, unfit } of certificates()) made.set({ listener }, unfit.length);
    },
  );
  gauge('remotetask_info', 'The version.', ['version', 'node'], (made) =>
    made.set({ version, node: process.version }, 1),
  );
  // Those of the library's default metrics that cost nothing between two requests.
  gauge('process_start_time_seconds', 'Start time of the process since 1970.', [], (made) =>
    made.set(Date.now() / 1000 - process.uptime()),
  );
  gauge('process_resident_memory_bytes', 'Resident memory.', [], (made) =>
    made.set(process.memoryUsage.rss()),
  );
  counter('process_cpu_seconds_total', 'CPU time.', [], (made) => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    made.inc((userCPUTime + systemCPUTime) / 1e6);
  });

  return {
    contentType: register.contentType,
    count({ what, task, view }) {
      if (what === 'started' || view.outcome === undefined) return;
      ended.inc({ task: task.id, outcome: view.outcome.kind });
      if (view.waitedMs !== undefined && view.waitedMs > 0)
        waits.observe({ task: task.id }, view.waitedMs / 1000);
      if (view.elapsedMs !== undefined) durations.observe({ task: task.id }, view.elapsedMs / 1000);
    },
    render: async () => await register.metrics(),
  };
}
