import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killTree } from '../holder.ts';
import { freePort, launch, listens, type Program } from './program.ts';

/** Languages' runtimes, shells and terminals. */
export const languages: readonly Program[] = [
  {
    name: 'python-http-server',
    packages: ['python3'],
    binary: '/usr/bin/python3',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const port = await freePort();
      const command = ['/usr/bin/python3', '-m', 'http.server', '--bind', '127.0.0.1', `${port}`];
      return launch(dir, command, () => listens(port));
    },
  },
  {
    name: 'java',
    packages: ['openjdk-17-jdk-headless'],
    binary: '/usr/bin/java',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const source = join(dir, 'Sleep.java');
      const ready = join(dir, 'ready');
      const body = `new java.io.File("${ready}").createNewFile(); Thread.sleep(1000000);`;
      writeFileSync(
        source,
        `class Sleep { public static void main(String[] a) throws Exception { ${body} } }\n`,
      );
      return launch(dir, ['/usr/bin/java', '-Xmx64m', source], () => existsSync(ready));
    },
  },
  {
    name: 'node',
    packages: ['nodejs'],
    binary: '/usr/bin/node',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const port = await freePort();
      const program = `require('http').createServer((_, to) => to.end()).listen(${port}, '127.0.0.1')`;
      return launch(dir, ['/usr/bin/node', '-e', program], () => listens(port));
    },
  },
  {
    name: 'shell-sleeping',
    packages: ['dash'],
    binary: '/bin/sh',
    dump: 'ok',
    restore: 'ok',
    start: (dir) => launch(dir, ['/bin/sh', '-c', 'while :; do sleep 1000; done']),
  },
  {
    name: 'shell-pipeline',
    packages: ['dash', 'coreutils'],
    binary: '/bin/sh',
    dump: 'ok',
    restore: 'ok',
    start: (dir) => {
      const pipeline = 'tail -f /dev/null | cat | sort > out; true';
      return launch(dir, ['/bin/sh', '-c', pipeline], () => existsSync(join(dir, 'out')));
    },
  },
  {
    name: 'script',
    packages: ['bsdutils'],
    binary: '/usr/bin/script',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const log = join(dir, 'log');
      return launch(dir, ['/usr/bin/script', '-q', '-f', '-c', 'echo ready; exec sleep 100000', log], () =>
        written(log),
      );
    },
  },
  {
    name: 'script-command',
    packages: ['bsdutils'],
    binary: '/usr/bin/script',
    dump: 'refused',
    log: /slave .* without|dangling tty/,
    lift: ['shell-job'],
    start: async (dir) => {
      const pids = join(dir, 'pid');
      const command = ['/usr/bin/script', '-q', '-c', `echo $$ > ${pids}; sleep 100000; true`, '/dev/null'];
      const outer = await launch(dir, command, () => written(pids));
      return { pid: Number(readText(pids)), stop: outer.stop };
    },
  },
  {
    name: 'tmux',
    packages: ['tmux'],
    binary: '/usr/bin/tmux',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const [socket, pids] = [join(dir, 'socket'), join(dir, 'pid')];
      const session = ['new-session', '-d', `echo $PPID > ${pids}; exec cat`];
      const client = await launch(dir, ['/usr/bin/tmux', '-f', '/dev/null', '-S', socket, ...session], () =>
        written(pids),
      );
      const pid = Number(readText(pids));
      return { pid, stop: () => killTree(pid).then(client.stop) };
    },
  },
  {
    name: 'socat',
    packages: ['socat'],
    binary: '/usr/bin/socat',
    dump: 'ok',
    restore: 'ok',
    start: (dir) => {
      const socket = join(dir, 'socket');
      return launch(dir, ['/usr/bin/socat', `UNIX-LISTEN:${socket},fork`, 'EXEC:cat'], () =>
        existsSync(socket),
      );
    },
  },
];

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
}

function written(path: string): boolean {
  return readText(path) !== '';
}
