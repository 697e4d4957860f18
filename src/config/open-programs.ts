// For root: warns of programs that others could change before root runs them, with remedies. Such programs are refused when they are started.
import path from 'node:path';
import type { AdminConfig } from '../admin/options.ts';
import type { NasSettings } from '../dsm/options.ts';
import { lookAt } from '../look.ts';
import { findProgram } from '../processes/find-program.ts';
import { findProgramExposure } from '../processes/trusted-program.ts';
import { findExposure, type Exposure, type LookAtLink } from '../processes/writers.ts';
import type { Task } from '../tasks.ts';
import type { Finding } from './finding.ts';
import { createOnce } from './once.ts';
import { toOneLine } from '../untrusted-text.ts';

/** Warnings about the programs of tasks, and about scripts among their arguments. Those scripts are not refused, because it is unknown what the program does with them. */
export function findOpenPrograms(tasks: readonly Task[], look: LookAtLink): Finding[] {
  // Even thousands of tasks run only a few programs.
  const find = createOnce(findProgram, (program) => program);
  const see = createOnce(lookAt, (file) => file);
  const judge = createOnce(
    (file: string, uid: number | undefined, isProgram: boolean): Exposure | undefined =>
      isProgram ? findProgramExposure(file, { uid, look }) : findExposure(file, uid, look),
    (...parts) => parts.join(' '),
  );
  const findings: Finding[] = [];
  for (const { id, runner } of tasks) {
    if (runner.kind !== 'command') continue;
    const { argv, user } = runner.command;
    for (const [i, arg] of argv.entries()) {
      const file = i === 0 ? find(arg) : path.isAbsolute(arg) ? arg : undefined;
      const seen = file === undefined ? undefined : see(file);
      if (file === undefined || seen === undefined) continue;
      if (seen.kind === 'there' && (i === 0 || seen.stat.isFile())) {
        const exposure = judge(file, user?.uid, i === 0);
        if (exposure !== undefined) findings.push(render(`tasks.${id}`, exposure));
      }
      // `programs.ts` warns of a program that cannot be inspected, with its place. An argument need not be a path, however it
      // begins: it is not quoted, and one that is too long is not a path.
      if (i > 0 && seen.kind === 'unknown' && !isNoPath.has(seen.code))
        findings.push({
          path: undefined,
          message: `tasks.${id}.command.${i}: the daemon cannot look at this file (${seen.code}), nor see who can change it`,
          kind: 'unknown argument',
        });
    }
  }
  return findings;
}

const isNoPath: ReadonlySet<string> = new Set(['ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE']);

/** Warnings about DSM's tools, and about the programs of DSM that the admin gate uses. */
export function findOpenTools(
  nases: readonly NasSettings[],
  admin: AdminConfig | undefined,
  look: LookAtLink,
): Finding[] {
  const tools = nases.flatMap(({ name, via, synowebapi, synoschedtask }) => {
    const place = name === '' ? 'dsm' : `dsm.${name}`;
    return via === 'webapi'
      ? []
      : [
          { place: `${place}.synowebapi`, file: synowebapi },
          { place: `${place}.synoschedtask`, file: synoschedtask },
        ];
  });
  const gate = admin?.gate;
  const { authenticateCgi, loginCgi } = gate?.kind === 'dsm' || gate?.kind === 'dsm-login' ? gate : {};
  const programs = [
    ...tools,
    { place: 'admin.authenticateCgi', file: authenticateCgi },
    { place: 'admin.loginCgi', file: loginCgi },
  ];
  return programs.flatMap(({ place, file }) => {
    const exposure = file === undefined ? undefined : findProgramExposure(file, { look });
    return exposure === undefined ? [] : [render(place, exposure)];
  });
}

function render(place: string, exposure: Exposure): Finding {
  const at = toOneLine(exposure.path);
  const message =
    exposure.kind === 'unknown'
      ? `${place}: the daemon cannot see who could change what root runs: ${at} (${exposure.what})`
      : `${place}: others than root could change what root runs: ${at} (${exposure.what}); run \`chown root ${at}\` and \`chmod go-w ${at}\``;
  return { path: undefined, message, kind: `open program, ${exposure.kind}` };
}
