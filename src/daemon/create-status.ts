// Collects what `remotetask status` shows.
import packageJson from '../../package.json' with { type: 'json' };
import type { CertificateState, ConfigState, DsmState } from '../admin/pages/admin-deps.ts';
import { toIso, type Clock } from '../clock.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Health } from '../health.ts';
import type { Runs } from '../runs/runs.ts';
import { toBaseUrl } from './addresses.ts';
import type { Status } from './status.ts';

/** Creates the function that reports the daemon's status as it is when it is called. */
export function createStatus({
  first: { server, tls, admin },
  config,
  certificates,
  health,
  dsmStates,
  runs,
  isStopping,
  clock,
}: {
  /** The config that the daemon was started with: its addresses stay until the next start. */
  readonly first: Pick<LoadedConfig, 'server' | 'tls' | 'admin'>;
  readonly config: { state(): ConfigState };
  readonly certificates: () => readonly CertificateState[];
  readonly health: () => Health;
  readonly dsmStates: () => readonly DsmState[];
  readonly runs: Pick<Runs, 'live'>;
  readonly isStopping: () => boolean;
  readonly clock: Clock;
}): () => Status {
  const since = toIso(clock.wallMs() - process.uptime() * 1000);
  return () => {
    const { file, takenAt, refused, restartNeeds } = config.state();
    const problems = [...health()];
    return {
      version: packageJson.version,
      pid: process.pid,
      since,
      address: toBaseUrl({ server, tls }),
      admin: admin === undefined ? null : toBaseUrl({ server: admin, tls: admin.tls }),
      stopping: isStopping(),
      ok: problems.length === 0,
      problems,
      config: { file, takenAt, refused: refused ?? null, restartNeeded: restartNeeds },
      runs: runs.live().map((run) => {
        const { run: id, task, name, state: now, acceptedAt, startedAt, elapsedMs } = run.view();
        return {
          run: id,
          task,
          name,
          state: now,
          acceptedAt,
          startedAt: startedAt ?? null,
          elapsedMs: elapsedMs === undefined ? null : Math.round(elapsedMs),
        };
      }),
      certificates: certificates().map(({ listener, names, endsAtMs, unfit, warnings }) => ({
        listener,
        names,
        ends: toIso(endsAtMs),
        unfit,
        warnings,
      })),
      nases: dsmStates().map(({ name, way, health: how, reason }) => ({ name, way, state: how, reason })),
    };
  };
}
