// DSM's Web API without network and account: each call is a process of DSM's own tool synowebapi, which must run as root.
import fs from 'node:fs';
import { findForm, type CallForm, type DsmAnswer, type DsmCaller, type DsmRequest } from './call.ts';
import { toLocalRefusal } from './errors.ts';
import { explainSilence, fail, saysWrongWay } from './synowebapi-silence.ts';
import { explain } from '../outcome.ts';
import { parseSynowebapi } from './synowebapi-text.ts';
import type { Logger } from '../log/log.ts';
import { createOutputRing } from '../output-ring.ts';
import { toFirstLines } from '../untrusted-text.ts';
import { createCleanEnvironment } from '../processes/clean-environment.ts';
import { startProcess, type OpenPipe } from '../processes/process.ts';
import { findRefusal } from '../processes/trusted-program.ts';
import { createSlots } from '../slots.ts';
import { untilAborted } from '../until-aborted.ts';

/** The newest version of the task scheduler's API: all others that are called have one version only. */
const newestVersions = { dsm6: 2, dsm7: 4 };
/** How many calls run at a time: each is a process that takes about a second, and a NAS is small. */
const maxCalls = 2;
/** Useful answers are never larger. */
const maxBytes = 8_000_000;
const maxErrorBytes = 10_000;

export interface SynowebapiOptions {
  /** Full path of synowebapi. */
  readonly tool: string;
  /** The file that contains DSM's version. */
  readonly versionFile?: string;
  readonly logger: Logger;
  /** How long to wait for a call, including disks that have to wake up. */
  readonly callMs?: number;
  /** For a start, whose process may outlive the daemon. */
  readonly openPipe?: OpenPipe | undefined;
}

/** The result of a process of the tool. */
interface Said {
  readonly answer: DsmAnswer;
  /** Whether the tool reports that it was called in the wrong way. */
  readonly isWrongWay: boolean;
}

/**
 * A client that calls DSM by its tool: with the option `-s` on DSM 7, and without it on earlier versions. A call that only reads is tried
 * the other way if the tool reports that this one is wrong, and the way that worked is kept. A call that only reads is killed when no caller
 * waits for it any longer. A start is never killed: it may have happened, and if the tool waits for the task, killing it could end the task.
 */
export function createSynowebapiClient({
  tool,
  versionFile = '/etc.defaults/VERSION',
  logger,
  callMs = 30_000,
  openPipe,
}: SynowebapiOptions): DsmCaller {
  const takeSlot = createSlots(maxCalls);
  const isDsm7 = loadIsDsm7(versionFile);
  let isSilent = isDsm7;

  const ask = async (request: DsmRequest, args: readonly string[], stop: AbortSignal): Promise<Said> => {
    const refusal = findRefusal(tool);
    if (refusal !== undefined)
      return {
        answer: fail({ code: 'tool-exposed', ...refusal }, { mayHaveActed: false, isLasting: true }),
        isWrongWay: false,
      };
    const output = createOutputRing(maxBytes);
    const errorOutput = createOutputRing(maxErrorBytes);
    const timeout = AbortSignal.timeout(callMs);
    const patience = AbortSignal.any([stop, timeout]);
    const { process, ended } = startProcess({
      file: tool,
      args,
      cwd: '/',
      env: createCleanEnvironment(),
      ...(isStart(request) ? { pipe: openPipe?.(output.push), errorPipe: openPipe?.(errorOutput.push) } : {}),
      onOutput: output.push,
      onErrorOutput: errorOutput.push,
      stop: isStart(request) ? new AbortController().signal : patience,
      stopSignal: 'SIGTERM',
      graceMs: 1000,
    });
    const exit = await (isStart(request) ? untilAborted(ended, patience) : ended);
    if (exit === undefined)
      logger.warn(
        { event: 'dsm-tool-left', pid: process?.pid },
        `DSM's synowebapi (process ${process?.pid}) does not answer to a start, and is left to itself: it may be waiting for the task`,
      );
    const text = output.read().toString();
    const answer = output.totalBytes() > maxBytes ? undefined : parseSynowebapi(text);
    if (answer !== undefined) return { answer, isWrongWay: false };
    const printed = `${text}\n${errorOutput.read().toString()}`;
    const isWrongWay = saysWrongWay(printed);
    const why = stop.aborted
      ? ({ code: 'tool-not-waited-for' } as const)
      : timeout.aborted
        ? ({ code: 'tool-late', afterMs: callMs } as const)
        : undefined;
    const lines = toFirstLines(printed);
    return {
      answer: { ...explainSilence(exit, why, isWrongWay), ...(lines.length === 0 ? {} : { lines }) },
      isWrongWay,
    };
  };

  const askEitherWay = async (request: DsmRequest, form: CallForm, stop: AbortSignal): Promise<DsmAnswer> => {
    const usual = isSilent;
    const said = await ask(request, toArguments(request, form, usual), stop);
    if (!said.isWrongWay || isStart(request)) return said.answer;
    const other = await ask(request, toArguments(request, form, !usual), stop);
    if (other.answer.kind === 'unanswered') return said.answer;
    isSilent = !usual;
    return other.answer;
  };

  return {
    async call(request, stop) {
      const form = findForm(request, isDsm7 ? newestVersions.dsm7 : newestVersions.dsm6);
      if (form === undefined) return { kind: 'refused', code: 104, ...explain(toLocalRefusal(104)) };
      const giveBack = await takeSlot(stop);
      if (giveBack === undefined) return fail({ code: 'tool-not-asked' }, { mayHaveActed: false });
      try {
        return await askEitherWay(request, form, stop);
      } finally {
        giveBack();
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Each value is JSON, so that it cannot be misread, and an argument of its own, without a shell. */
function toArguments(
  { api, method }: DsmRequest,
  { version, params }: CallForm,
  isSilent: boolean,
): string[] {
  const values = Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${JSON.stringify(value)}`],
  );
  return [
    ...(isSilent ? ['-s'] : []),
    '--exec',
    `api=${api}`,
    `method=${method}`,
    `version=${version}`,
    ...values,
  ];
}

/** The only calls of ours that change something. */
function isStart({ method }: DsmRequest): boolean {
  return method === 'run';
}

/** DSM 7 is assumed if the version is unknown. */
function loadIsDsm7(versionFile: string): boolean {
  try {
    const major = /^majorversion="?(\d+)"?/m.exec(fs.readFileSync(versionFile, 'utf8'))?.[1];
    return major === undefined || Number(major) >= 7;
  } catch {
    return true;
  }
}
