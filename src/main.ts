#!/usr/bin/env node
// The program: takes arguments and sets the exit status.
import './node-version.ts';
import './processes/process-guard.ts';
import { runCli } from './cli/cli.ts';

async function main(): Promise<void> {
  const status = await runCli(process.argv.slice(2));
  if (status !== undefined) process.exitCode = status;
}

void main();
