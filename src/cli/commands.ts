// All commands; the first is the default.
import { add } from './add.ts';
import { adminPassword } from './admin-password.ts';
import { bootScript } from './boot-script.ts';
import { check } from './check.ts';
import type { Command } from './command.ts';
import { completion } from './completion.ts';
import { deviceToken } from './device-token.ts';
import { doctor } from './doctor.ts';
import { help } from './help.ts';
import { init } from './init.ts';
import { key } from './key.ts';
import { keysBlock, keysUnblock } from './keys-block.ts';
import { keysNew } from './keys-new.ts';
import { keysRevoke } from './keys-revoke.ts';
import { keysRotate } from './keys-rotate.ts';
import { keys } from './keys.ts';
import { link } from './link.ts';
import { links, linksEnd } from './links.ts';
import { log } from './log.ts';
import { notifyTest } from './notify-test.ts';
import { probe } from './probe.ts';
import { run } from './run.ts';
import { serve } from './serve.ts';
import { remove } from './remove.ts';
import { restart, shutdown } from './shutdown.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { tasks } from './tasks.ts';
import { url } from './url.ts';
import { work } from './work.ts';

export const commands: readonly Command[] = [
  serve,
  init,
  check,
  doctor,
  tasks,
  add,
  remove,
  run,
  stop,
  status,
  log,
  restart,
  shutdown,
  url,
  keys,
  keysNew,
  keysRotate,
  keysRevoke,
  keysBlock,
  keysUnblock,
  link,
  links,
  linksEnd,
  key,
  adminPassword,
  deviceToken,
  notifyTest,
  probe,
  work,
  bootScript,
  completion,
  help,
];
