// The config of a first start: new keys and a harmless task.
import fs from 'node:fs';
import path from 'node:path';
import { AppError, toErrorCode } from '../errors.ts';
import { newKey } from '../keys.ts';

/**
 * Creates a config that only its owner can read. Log and history are beside it, or where systemd has made a folder for them. Never overwrites: throws AppError `config-invalid` if the file
 * exists by now, or cannot be written.
 */
export function writeFirstConfig(file: string, env: NodeJS.ProcessEnv): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    fs.writeFileSync(file, renderFirstConfig(findStateFolder(env)), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new AppError('config-invalid', `Cannot make ${file} (${toErrorCode(error)})`, [
      'Name a place that may be written with --config FILE',
    ]);
  }
}

/** The first folder of $STATE_DIRECTORY, which separates several by colons. */
function findStateFolder({ STATE_DIRECTORY = '' }: NodeJS.ProcessEnv): string | undefined {
  const [folder = ''] = STATE_DIRECTORY.split(':');
  return path.isAbsolute(folder) ? folder : undefined;
}

function renderFirstConfig(stateFolder: string | undefined): string {
  const inState = (file: string): string => JSON.stringify(path.join(stateFolder ?? '', file));
  const state = `
  "log": { "file": ${inState('log.txt')} },
  "history": { "file": ${inState('history.jsonl')} },`;
  return `{
  // All options: docs/config.md, or config.example.json with every name in use.
  "server": {
    "listen": "0.0.0.0",
    "port": 10765,
    "magickey": "${newKey()}"
  },${stateFolder === undefined ? '' : state}
  "tasks": {
    // A harmless task, to see that all is well: shows the time and the name of this machine.
    "hello": {
      "identifier": "${newKey()}",
      "name": "Hello",
      "icon": "👋",
      "command": ["/bin/sh", "-c", "echo Hello from $(uname -n); date"],
      "output": "all"
    }
  }
}
`;
}
