// What we are compared with: a bare `node:http` server that answers the same bytes, and starts the same program by `child_process.spawn`.
import { spawn } from 'node:child_process';
import http from 'node:http';

const [port = '', status = '', headers = '', body = '', ...argv] = process.argv.slice(2);
const [program = '', ...args] = argv;
const flatHeaders = JSON.parse(headers) as string[];
const bytes = Buffer.from(body);

http
  .createServer((request, response) => {
    if (request.url !== '/start') {
      response.writeHead(Number(status), flatHeaders);
      response.end(bytes);
      return;
    }
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', () => response.end(Buffer.concat(chunks)));
  })
  .listen(Number(port), '127.0.0.1');
