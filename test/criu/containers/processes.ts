import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from '../../support/runc.ts';
import { joined } from '../../support/runc-bundle.ts';
import type { Situation } from './situation.ts';
import type { Stage } from './stage.ts';

export const processes: readonly Situation[] = [
  {
    name: 'tree of processes',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        shell: '(sleep 1000 & (sleep 1000 & sleep 1000) & exec sleep 1000) & /bin/setsid sleep 1000 &',
      }),
  },
  {
    name: 'orphan in its own session',
    verdict: 'ready',
    container: ({ start }) => start({ shell: '(/bin/setsid sleep 1000 &) ; (sleep 1000 &)' }),
  },
  {
    name: 'zombie child',
    verdict: 'ready',
    container: ({ start }) => start({ python: 'import os, time\nos.fork() or os._exit(3)\ntime.sleep(0.1)' }),
  },
  {
    name: 'init a zombie with a live thread',
    verdict: 'not-ready',
    reason: 'ZombieRoot',
    log: /cannot be checkpointed in stopped state/,
    container: ({ start }) =>
      start({
        python: `import ctypes, threading, time
threading.Thread(target=time.sleep, args=(1000,)).start()
open('/ready', 'w').close()
ctypes.CDLL(None).syscall(60, 0)`,
      }),
  },
  {
    name: 'threads',
    verdict: 'ready',
    container: ({ start }) =>
      start({ python: 'import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()' }),
  },
  {
    name: 'exec: left behind',
    verdict: 'ready',
    container: async ({ start }) => {
      const container = await start();
      await container.exec(['/bin/sleep', '100000']);
      return container;
    },
  },
  {
    name: 'exec in a shared process namespace: left behind',
    verdict: 'ready',
    container: async ({ start }) => {
      const { pid } = await start();
      const container = await start({ namespaces: joined(pid, 'network', 'pid') });
      await container.exec(['/bin/sleep', '100000']);
      return container;
    },
  },
  {
    name: 'exec that shares a fifo: left behind',
    verdict: 'ready',
    container: async ({ start }) => {
      const container = await start({ shell: '/bin/busybox mkfifo /tmp/fifo; exec 5<>/tmp/fifo' });
      await container.exec(['/bin/sh', '-c', 'exec 5>/tmp/fifo; exec sleep 100000']);
      return container;
    },
  },
  {
    name: 'exec that is connected by a unix socket',
    verdict: 'ready-with-options',
    reason: 'UnixPeerOutside',
    file: /^socket:/,
    log: /External socket is used/,
    container: async ({ start }) => {
      const container = await start({
        python: `import socket, threading
server = socket.socket(socket.AF_UNIX)
server.bind('/tmp/socket')
server.listen()
kept = []
threading.Thread(target=lambda: kept.append(server.accept())).start()`,
      });
      const connect = `import socket, time
client = socket.socket(socket.AF_UNIX)
client.connect('/tmp/socket')
open('/tmp/connected', 'w').close()
time.sleep(100000)`;
      await container.exec(['/usr/bin/python3', '-c', connect]);
      await untilThere(`${container.rootfs}/tmp/connected`);
      return container;
    },
  },
  {
    name: 'exec that has ended',
    verdict: 'ready',
    container: async ({ start }) => {
      const container = await start();
      await container.runc('exec', container.id, '/bin/sh', '-c', ':');
      return container;
    },
  },
  {
    name: 'paused',
    verdict: 'ready',
    container: async ({ start }) => {
      const container = await start();
      await container.runc('pause', container.id);
      return container;
    },
  },
  {
    name: 'stopped child',
    verdict: 'not-ready',
    reason: 'StoppedInFreezer',
    hangs: true,
    needsV1: true,
    container: async ({ start }) => stopChild(await start({ shell: 'sleep 1000 &' })),
  },
  {
    name: 'chrooted child',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        capabilities: ['CAP_SYS_CHROOT'],
        python: `import os, time
if os.fork() == 0:
    os.chroot('/usr')
    os.chdir('/')
    time.sleep(100000)
time.sleep(0.1)`,
      }),
  },
  {
    name: 'child in a cgroup below',
    verdict: 'ready',
    needsV1: true,
    container: async ({ start }) => {
      const container = await start({ shell: 'sleep 1000 &' });
      moveChild(container, `${container.cgroup}/below`);
      return container;
    },
  },
  {
    name: 'child in another cgroup',
    verdict: 'not-ready',
    reason: 'OutsideFreezer',
    log: /Unseizable non-zombie/,
    needsV1: true,
    container: async ({ start }) => {
      const container = await start({ shell: 'sleep 1000 &' });
      moveChild(container, `${container.cgroup}-other`);
      return container;
    },
  },
  {
    name: 'exec that is stopped',
    verdict: 'not-ready',
    reason: 'OutsiderInFreezer',
    hangs: true,
    needsV1: true,
    container: async ({ start }) => {
      const container = await start();
      await stop(await container.exec(['/bin/sleep', '100000']));
      return container;
    },
  },
  {
    name: 'exec that is traced',
    verdict: 'not-ready',
    reason: 'OutsiderInFreezer',
    log: /zombie .* found while seizing/,
    container: async ({ start, host }) => {
      const container = await start();
      const pid = await container.exec(['/bin/sleep', '100000']);
      await host('/usr/bin/python3', '-c', tracer(pid));
      return container;
    },
  },
  {
    name: 'exec that is a zombie',
    verdict: 'ready',
    container: async ({ start }) => {
      const container = await start();
      await container.exec(['/bin/sh', '-c', 'exit 3']);
      return container;
    },
  },
  {
    name: 'exec with a terminal: left behind',
    verdict: 'ready',
    container: async ({ start, host }) => {
      const container = await start();
      const exec = `import os, pty, time
if pty.fork()[0] == 0:
    os.execvp('runc', ['runc', 'exec', '-t', '${container.id}', '/bin/sh', '-c', ': >/begun; exec sleep 100000'])
print('ready', flush=True)
time.sleep(100000)`;
      await host('/usr/bin/python3', '-c', exec);
      await untilThere(`${container.rootfs}/begun`);
      return container;
    },
  },
  {
    name: 'created and not started',
    verdict: 'not-ready',
    reason: 'OPathFifo',
    file: /exec\.fifo$/,
    log: /cannot be checkpointed in created state/,
    container: ({ start }) => start({ created: true }),
  },
  {
    name: 'seccomp filter',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        linux: {
          seccomp: {
            defaultAction: 'SCMP_ACT_ALLOW',
            syscalls: [{ names: ['reboot', 'kexec_load'], action: 'SCMP_ACT_ERRNO' }],
          },
        },
      }),
  },
  {
    name: 'traced',
    verdict: 'not-ready',
    reason: 'Traced',
    log: /zombie .* found while seizing/,
    container: async ({ start, host }) => {
      const container = await start();
      await host('/usr/bin/python3', '-c', tracer(container.pid));
      return container;
    },
  },
  {
    name: 'paused with an exec',
    verdict: 'ready',
    container: async ({ start }) => {
      const container = await start({ shell: 'sleep 1000 &' });
      await container.exec(['/bin/sleep', '100000']);
      await container.runc('pause', container.id);
      return container;
    },
  },
  {
    name: 'paused with a stopped child',
    verdict: 'not-ready',
    reason: 'StoppedInFreezer',
    hangs: true,
    needsV1: true,
    container: async ({ start }) => {
      const container = await stopChild(await start({ shell: 'sleep 1000 &' }));
      await container.runc('pause', container.id);
      return container;
    },
  },
  {
    name: 'its pod is frozen',
    verdict: 'ready-with-options',
    reason: 'FrozenCgroup',
    log: /Timeout reached/,
    fresh: true,
    needsV1: true,
    container: async ({ start, undo }) => freezePod(await start(), undo),
  },
  {
    name: 'paused, and its pod is frozen',
    verdict: 'not-ready',
    reason: 'FrozenCgroup',
    log: /Timeout reached/,
    needsV1: true,
    container: async ({ start, undo }) => {
      const container = await start();
      await container.runc('pause', container.id);
      return freezePod(container, undo);
    },
  },
];

async function untilThere(path: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (existsSync(path)) return;
    await sleep(10);
  }
  throw new Error(`${path} was not made`);
}

/** In the v1 hierarchies, as a container manager in the container does. */
function moveChild({ pid }: Container, cgroup: string): void {
  const child = childOf(pid);
  for (const controller of ['freezer', 'memory', 'pids']) {
    const folder = `/sys/fs/cgroup/${controller}${cgroup}`;
    mkdirSync(folder);
    writeFileSync(join(folder, 'cgroup.procs'), String(child));
  }
}

const tracer = (pid: number): string => `import ctypes, time
assert ctypes.CDLL(None).ptrace(0x4206, ${pid}, 0, 0) == 0
print('ready', flush=True)
time.sleep(100000)`;

function freezePod(container: Container, undo: Stage['undo']): Container {
  const folder = `/sys/fs/cgroup/freezer${dirname(container.cgroup)}`;
  writeFileSync(join(folder, 'freezer.state'), 'FROZEN');
  undo(() => writeFileSync(join(folder, 'freezer.state'), 'THAWED'));
  return container;
}

const childOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);

async function stopChild(container: Container): Promise<Container> {
  await stop(childOf(container.pid));
  return container;
}

async function stop(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  for (let tries = 0; tries < 500 && !/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')); tries++)
    await sleep(10);
}
