// The client of the tool synowebapi, and a runner that uses it, against a stand-in for that tool.
import type { CallDsm } from '../../src/dsm/call.ts';
import { createDsmRunner } from '../../src/runners/dsm.ts';
import { createUnclearLog } from '../../src/runners/unclear.ts';
import { createSynowebapiClient, type SynowebapiOptions } from '../../src/dsm/synowebapi.ts';
import type { FakeSynowebapi } from './fake-synowebapi/fake-synowebapi.ts';
import { createTestLogger } from './logger.ts';
import { runInDsm, type DsmTestRun } from './run-in-dsm.ts';

export interface TestTool {
  readonly call: CallDsm;
  readonly log: Record<string, unknown>[];
  /** Runs a task, `7` or a name, to its end. */
  run(task: number | string, stop?: AbortSignal): Promise<DsmTestRun>;
  /** Lets go of what still runs. */
  close(): Promise<void>;
}

export function createTestTool(
  { file: tool, versionFile }: Pick<FakeSynowebapi, 'file' | 'versionFile'>,
  { followMs = 20_000, ...more }: Partial<SynowebapiOptions> & { readonly followMs?: number } = {},
): TestTool {
  const { logger, lines } = createTestLogger();
  const client = createSynowebapiClient({ tool, versionFile, logger, ...more });
  const runner = createDsmRunner(client, {
    followMs,
    versions: {},
    tellUnclear: createUnclearLog(logger, {}),
  });
  return {
    call: client.call,
    log: lines,
    run: async (task, stop) => await runInDsm(runner, task, stop),
    close: runner.close,
  };
}
