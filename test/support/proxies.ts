// Real reverse proxies, started without privileges, with the blocks of docs/proxies.md.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createCertificate } from './certificate.ts';
import { createFolder, findPort, until } from './daemon.ts';

const document = fs.readFileSync(path.join(import.meta.dirname, '../../docs/proxies.md'), 'utf8');

/** The blocks of the document for a proxy, without their fences. */
function loadBlocks(language: string): readonly string[] {
  return [...document.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(
    ([, block = '']) => block,
  );
}

/** Where a proxy listens: a port each for tasks and admin page, and one port with a path for each. All speak HTTPS. */
export interface Proxy {
  readonly tasks: string;
  readonly admin: string;
  readonly tasksBelow: string;
  readonly adminBelow: string;
}

interface ProxyFiles {
  readonly folder: string;
  /** Writes a file into the folder and returns its path. */
  write(name: string, text: string): string;
}

export interface ProxyProgram {
  readonly name: string;
  /** Why it cannot be tried here, with the remedy. */
  readonly skip: string | false;
  /** The config, from the blocks of the document; ports and files are replaced afterwards. */
  readonly config: (files: ProxyFiles, port: number) => string;
  readonly file: string;
  readonly args: (file: string, folder: string) => readonly string[];
  /** Whether both paths are served at a port of their own, not at that of the tasks. */
  readonly hasOwnPort?: boolean;
}

/** Which program cannot be started, with the remedy; some of them are in /usr/sbin only. */
function needs(name: string, package_ = name): string | false {
  const isThere = ['-v', 'version'].some(
    (flag) => spawnSync(name, [flag], { env: sbin, stdio: 'ignore' }).status === 0,
  );
  return isThere ? false : `needs ${name} (apt-get install --no-install-recommends ${package_})`;
}

const sbin = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };

export const proxyPrograms: readonly ProxyProgram[] = [
  {
    name: 'nginx',
    skip: needs('nginx', 'nginx-light'),
    file: 'nginx.conf',
    hasOwnPort: true,
    args: (file, folder) => ['-e', `${folder}/error.log`, '-p', folder, '-c', file, '-g', 'daemon off;'],
    config({ folder }, port) {
      const [own = '', below = ''] = loadBlocks('nginx');
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${folder}/${name};`,
      );
      return `pid ${folder}/pid; events {} http { access_log off; ${temporary.join(' ')}
${own}
server { listen ${port} ssl; ssl_certificate /etc/ssl/nas.crt; ssl_certificate_key /etc/ssl/nas.key;
${below} } }`;
    },
  },
  {
    name: 'haproxy',
    skip: needs('haproxy'),
    file: 'haproxy.cfg',
    args: (file) => ['-db', '-f', file],
    config: () => loadBlocks('haproxy').join('\n'),
  },
  {
    name: 'apache2',
    skip: needs('apache2'),
    file: 'apache.conf',
    args: (file) => ['-D', 'FOREGROUND', '-f', file],
    config({ folder }) {
      const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_http', 'headers', 'ssl', 'socache_shmcb'];
      const loads = modules.map(
        (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
      );
      return `ServerRoot ${folder}\nServerName localhost\nPidFile ${folder}/pid\nErrorLog ${folder}/error.log\nDefaultRuntimeDir ${folder}\n${loads.join('\n')}
${process.getuid?.() === 0 ? 'User nobody\nGroup nogroup' : ''}
${loadBlocks('apache').join('\n')}`;
    },
  },
  {
    name: 'caddy',
    skip: needs('caddy'),
    file: 'Caddyfile',
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
    config: () =>
      `{\n  admin off\n  auto_https disable_redirects\n  skip_install_trust\n}\n${loadBlocks('caddy').join('\n')}`,
  },
];

/** Starts a proxy in front of both listeners of a daemon; resolves once all its ports accept connections. */
export async function startProxy(
  t: { after(fn: () => Promise<void> | void): void },
  { config, file, args, name, hasOwnPort = false }: ProxyProgram,
  daemon: { readonly port: number; readonly adminPort: number },
): Promise<Proxy> {
  const removals: (() => void)[] = [];
  const folder = createFolder({ after: (fn) => void removals.push(fn) });
  fs.chmodSync(folder, 0o755);
  const write = (to: string, text: string): string => {
    fs.writeFileSync(path.join(folder, to), text);
    return path.join(folder, to);
  };
  const { cert, key } = createCertificate('nas.example.org');
  const [crt, keyFile, pem] = [write('nas.crt', cert), write('nas.key', key), write('nas.pem', cert + key)];
  const [tasks, admin, below] = [await findPort(), await findPort(), await findPort()];
  const places: readonly (readonly [string | RegExp, string])[] = [
    [/\b8443\b/g, String(tasks)],
    [/\b8444\b/g, String(admin)],
    [/\b10765\b/g, String(daemon.port)],
    [/\b10766\b/g, String(daemon.adminPort)],
    [/\/etc\/ssl\/nas\.crt/g, crt],
    [/\/etc\/ssl\/nas\.key/g, keyFile],
    [/\/etc\/ssl\/nas\.pem/g, pem],
  ];
  const text = places.reduce((all, [from, to]) => all.replaceAll(from, to), config({ folder, write }, below));
  const child = spawn(name, args(write(file, text), folder), {
    cwd: folder,
    env: { ...sbin, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(timer);
    for (const remove of removals) remove();
  });
  for (const port of [tasks, admin, ...(hasOwnPort ? [below] : [])])
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${printed}`);
      return (await accepts(port)) ? true : undefined;
    }, `${name} to listen; printed so far: ${printed}`);
  const shared = hasOwnPort ? below : tasks;
  return {
    tasks: `https://nas.example.org:${tasks}`,
    admin: `https://nas.example.org:${admin}`,
    tasksBelow: `https://nas.example.org:${shared}/tasks`,
    adminBelow: `https://nas.example.org:${shared}/tasks-admin`,
  };
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
