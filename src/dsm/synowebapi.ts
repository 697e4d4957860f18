// DSM's Web API without network and account: each call is a process of DSM's own tool synowebapi, which has to be run as root.
import fs from 'node:fs';
import { findForm, type CallForm, type DsmAnswer, type DsmCaller, type DsmRequest, type Unanswered } from './call.ts';
import { explainLocalRefusal } from './errors.ts';
import { parseSynowebapi } from './synowebapi-text.ts';
import { renderDuration } from '../values/duration.ts';
import type { Logger } from '../log/log.ts';
import { createOutputRing } from '../output-ring.ts';
import { toFirstLines } from '../untrusted-text.ts';
import { createCleanEnvironment } from '../processes/clean-environment.ts';
import { startProcess, type ProcessExit } from '../processes/process.ts';
import { findRefusal } from '../processes/trusted-program.ts';
import { createSlots } from '../slots.ts';
import { untilAborted } from '../until-aborted.ts';

/** The newest version of the task scheduler's API: all others that are called have one version only. */
const newestVersions = { dsm6: 2, dsm7: 4 };
/** So many calls at a time: each is a process that takes about a second, and a NAS is small. */
const maxCalls = 2;
/** No answer that is of use to us is larger. */
const maxBytes = 8_000_000;
const maxErrorBytes = 10_000;

export interface SynowebapiOptions {
  /** Full path of synowebapi. */
  readonly tool: string;
  /** Where DSM tells its version. */
  readonly versionFile?: string;
  readonly logger: Logger;
  /** How long a call is waited for, disks that have to wake up included. */
  readonly callMs?: number;
}

/** What came of a process of the tool. */
interface Said {
  readonly answer: DsmAnswer;
  /** Whether the tool says that it cannot begin in the way that it was called. */
  readonly isWrongWay: boolean;
}

/**
 * A client that calls DSM by its tool: with the option `-s` on DSM 7, and without it before. What only reads is tried the
 * other way where the tool says that this one is wrong, and what worked stays. What only reads is ended when nobody waits
 * for it any longer. A start never is: it may have happened, and a tool that waits for the task could take that along.
 */
export function createSynowebapiClient({
  tool,
  versionFile = '/etc.defaults/VERSION',
  logger,
  callMs = 30_000,
}: SynowebapiOptions): DsmCaller {
  const takeSlot = createSlots(maxCalls);
  const isDsm7 = loadIsDsm7(versionFile);
  let isSilent = isDsm7;

  const ask = async (request: DsmRequest, args: readonly string[], stop: AbortSignal): Promise<Said> => {
    const refusal = findRefusal(tool);
    if (refusal !== undefined)
      return { answer: fail(`is not run by root. ${refusal}`, { mayHaveActed: false, isLasting: true }), isWrongWay: false };
    const output = createOutputRing(maxBytes);
    const errorOutput = createOutputRing(maxErrorBytes);
    const timeout = AbortSignal.timeout(callMs);
    const patience = AbortSignal.any([stop, timeout]);
    const { process, ended } = startProcess({
      file: tool,
      args,
      cwd: '/',
      env: createCleanEnvironment(),
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
    const why = stop.aborted ? 'was not waited for' : timeout.aborted ? `did not answer within ${renderDuration(callMs)}` : undefined;
    const lines = toFirstLines(printed);
    return { answer: { ...explainSilence(exit, why, isWrongWay), ...(lines.length === 0 ? {} : { lines }) }, isWrongWay };
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
      if (form === undefined) return { kind: 'refused', code: 104, reason: explainLocalRefusal(104) };
      const giveBack = await takeSlot(stop);
      if (giveBack === undefined) return fail('was not asked: the call was ended before it was its turn', { mayHaveActed: false });
      try {
        return await askEitherWay(request, form, stop);
      } finally {
        giveBack();
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Each value as JSON, so that nothing in it is taken for anything else; each an argument of its own, and no shell. */
function toArguments({ api, method }: DsmRequest, { version, params }: CallForm, isSilent: boolean): string[] {
  const values = Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${JSON.stringify(value)}`]));
  return [...(isSilent ? ['-s'] : []), '--exec', `api=${api}`, `method=${method}`, `version=${version}`, ...values];
}

/** The only calls of ours that do something. */
function isStart({ method }: DsmRequest): boolean {
  return method === 'run';
}

/** DSM 6 says so of each call with `-s`; the other is what tools say of an option that they do not know. The log may hold any name. */
function saysWrongWay(printed: string): boolean {
  return printed
    .split('\n')
    .some((line) => !line.includes('Exec WebAPI') && /Create CredRequest fail|(?:invalid|unrecognized|unknown) option/i.test(line));
}

/** Why there is no answer; `why` is what is known better than by the exit. */
function explainSilence(exit: ProcessExit | undefined, why: string | undefined, isWrongWay: boolean): Unanswered {
  if (exit?.startError === 'ENOENT') return fail('is not on this machine', { mayHaveActed: false, isLasting: true });
  if (exit?.startError !== undefined)
    return fail(`could not be started (${exit.startError})`, { mayHaveActed: false, isLasting: exit.startError === 'EACCES' });
  if (why !== undefined) return fail(why);
  if (isWrongWay) return fail('does not take calls as they are made to DSM 6 and 7', { mayHaveActed: false, isLasting: true });
  if (exit?.signal !== undefined) return fail(`was ended by ${exit.signal} before it answered`);
  if (exit?.exitCode === 0) return fail('answered in a form that is not understood');
  const failed = `failed without an answer (exit status ${exit?.exitCode})`;
  return process.getuid?.() === 0 ? fail(failed) : fail(`${failed}: it has to be run as root`, { mayHaveActed: false, isLasting: true });
}

function fail(what: string, { mayHaveActed = true, isLasting = false } = {}): Unanswered {
  return { kind: 'unanswered', reason: `DSM's synowebapi ${what}.`, mayHaveActed, isLasting };
}

/** DSM 7 is taken for granted where nothing else is told. */
function loadIsDsm7(versionFile: string): boolean {
  try {
    const major = /^majorversion="?(\d+)"?/m.exec(fs.readFileSync(versionFile, 'utf8'))?.[1];
    return major === undefined || Number(major) >= 7;
  } catch {
    return true;
  }
}
