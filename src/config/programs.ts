// Warns of programs that cannot be started at the moment. Only warnings: at boot-up their volume may not be mounted yet.
import fs from 'node:fs';
import { lookAt } from '../look.ts';
import { findProgram } from '../processes/find-program.ts';
import type { Task } from '../tasks.ts';
import type { Finding } from './finding.ts';
import { explainOddPath } from './load-file.ts';
import { createOnce } from './once.ts';

/** Warnings about the programs and folders of tasks. */
export function findUnusablePrograms(tasks: readonly Task[]): Finding[] {
  const findProblem = createOnce(judgeProgram, (program) => program);
  const findFolderProblem = createOnce(judgeFolder, (cwd) => cwd);
  const findings: Finding[] = [];
  for (const { id, runner } of tasks) {
    if (runner.kind !== 'command') continue;
    const { argv, cwd } = runner.command;
    const problem = findProblem(argv[0] ?? '');
    const cwdProblem = findFolderProblem(cwd);
    if (problem !== undefined) findings.push({ path: ['tasks', id, 'command', 0], message: problem });
    if (cwdProblem !== undefined) findings.push({ path: ['tasks', id, 'cwd'], message: cwdProblem });
  }
  return findings;
}

function judgeProgram(program: string): string | undefined {
  const file = findProgram(program);
  const found = file === undefined ? undefined : lookAt(file);
  if (found?.kind === 'unknown')
    return `See that the daemon can look at the program (${found.code}): it cannot, and until then the task fails`;
  if (file === undefined || found?.kind !== 'there')
    return `Put the program there: it does not exist${explainOddPath(program)}, and until then the task fails`;
  if (found.stat.isDirectory()) return 'Name a program: this is a folder, and the task fails';
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return undefined;
  } catch {
    return 'Make the program executable (`chmod +x`): it is not, and until then the task fails';
  }
}

function judgeFolder(cwd: string): string | undefined {
  const found = lookAt(cwd);
  if (found.kind === 'unknown')
    return `See that the daemon can look at this folder (${found.code}): it cannot, and until then the task fails`;
  return found.kind === 'there' && found.stat.isDirectory()
    ? undefined
    : `Make this folder: it does not exist${explainOddPath(cwd)}, and until then the task fails`;
}
