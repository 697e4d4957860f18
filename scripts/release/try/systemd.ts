// The unit of the package for Debian, under a systemd that boots in a container.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { copyIntoRoot, makeRoot } from './root.ts';

const result = 'root/result.txt';

/** Throws if a step fails. */
export function trySystemd(out: string, version: string, folder: string): void {
  const root = path.join(folder, 'system');
  makeRoot(root, ['adduser', 'curl', 'dbus', 'libstdc++6', 'systemd-sysv']);
  const deb = copyIntoRoot(root, path.join(out, `remotetask_${version}_amd64.deb`));
  const script = copyIntoRoot(root, path.join(import.meta.dirname, 'systemd.sh'));
  const unit = 'etc/systemd/system/try.service';
  fs.writeFileSync(
    path.join(root, unit),
    `[Unit]\nAfter=basic.target\n[Service]\nType=oneshot\nExecStart=/bin/sh ${script} ${deb}\nStandardOutput=file:/${result}\nStandardError=inherit\n`,
  );
  const wanted = path.join(root, 'etc/systemd/system/multi-user.target.wants');
  fs.mkdirSync(wanted, { recursive: true });
  fs.symlinkSync(`/${unit}`, path.join(wanted, 'try.service'));
  // Without a memory file system at /run, systemd-nspawn would not dare to tidy up in it.
  const boot =
    'mount -t tmpfs tmpfs /run && exec systemd-nspawn --register=no --keep-unit --private-network --boot --quiet -D "$0"';
  execFileSync('timeout', ['300', 'unshare', '--mount', 'sh', '-c', boot, root], { stdio: 'ignore' });
  const printed = fs.readFileSync(path.join(root, result), 'utf8');
  console.log(printed.trim());
  if (!printed.endsWith('PASSED\n')) throw new Error('The service did not do as it should');
}
