import { closeSync, constants, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Situation } from './situation.ts';
import type { Stage } from './stage.ts';

export const files: readonly Situation[] = [
  { name: 'terminal', verdict: 'ready', container: ({ start }) => start({ terminal: true }) },
  {
    name: 'terminal of its own, with an index that another container has too',
    verdict: 'ready',
    container: async ({ start }) => {
      await start({ terminal: true });
      return start({ python: 'import pty\nends = pty.openpty()' });
    },
  },
  {
    name: 'log file as stdout',
    verdict: 'ready-with-options',
    reason: 'UnknownMount',
    file: 1,
    log: /Can't lookup mount=\d+ for fd=1 path=\/.*\/log/,
    container: async ({ start, dir }) => {
      const out = openSync(join(dir, 'log'), 'a');
      try {
        return await start({ stdio: ['ignore', out, 'ignore'] });
      } finally {
        closeSync(out);
      }
    },
  },
  {
    name: 'log file as stderr, bound in as well',
    verdict: 'ready-with-options',
    reason: 'UnknownMount',
    file: 2,
    log: /Can't lookup mount=\d+ for fd=2 /,
    container: async ({ start, dir }) => {
      const out = openSync(join(dir, 'log'), 'a');
      const bind = { destination: '/data', type: 'bind', source: dir, options: ['rbind'] };
      try {
        return await start({ stdio: ['ignore', 'ignore', out], mounts: [bind] });
      } finally {
        closeSync(out);
      }
    },
  },
  {
    name: 'pipe to the host',
    verdict: 'ready',
    container: async (stage) => {
      const pipe = await hostPipe(stage);
      return stage.start({ stdio: ['ignore', pipe, pipe] });
    },
  },
  {
    name: 'pipe to the host that an exec shares',
    verdict: 'ready',
    container: async (stage) => {
      const pipe = await hostPipe(stage);
      const container = await stage.start({ stdio: ['ignore', pipe, pipe] });
      await container.exec(['/bin/sleep', '100000'], ['ignore', pipe, pipe]);
      return container;
    },
  },
  {
    // node's pipes are pairs of unix sockets
    name: 'unix sockets of the host as stdio',
    verdict: 'not-ready',
    reason: 'ForeignNetNs',
    file: 0,
    log: /Unix socket \d+ not found/,
    container: ({ start }) => start({ stdio: ['pipe', 'pipe', 'pipe'] }),
  },
  {
    name: 'terminal of the host',
    verdict: 'ready-with-options',
    reason: 'UnknownMount',
    file: 0,
    log: /Can't lookup mount=\d+ for fd=0 path=\/dev\/pts/,
    container: async ({ start, host, dir }) => {
      const open = `import os, pty, time
master, slave = pty.openpty()
open('${dir}/name', 'w').write(os.ttyname(slave))
print('ready', flush=True)
time.sleep(100000)`;
      await host('/usr/bin/python3', '-c', open);
      const terminal = openSync(
        readFileSync(join(dir, 'name'), 'utf8'),
        constants.O_RDWR | constants.O_NOCTTY,
      );
      try {
        return await start({ stdio: [terminal, terminal, terminal] });
      } finally {
        closeSync(terminal);
      }
    },
  },
  {
    name: 'stdin from a file of the host',
    verdict: 'ready-with-options',
    reason: 'UnknownMount',
    file: 0,
    log: /Can't lookup mount=\d+ for fd=0 /,
    container: async ({ start, dir }) => {
      writeFileSync(join(dir, 'input'), 'text');
      const input = openSync(join(dir, 'input'), 'r');
      try {
        return await start({ stdio: [input, 'ignore', 'ignore'] });
      } finally {
        closeSync(input);
      }
    },
  },
  {
    name: 'deleted open file',
    verdict: 'ready',
    container: ({ start }) => start({ shell: 'exec 5>/tmp/file; echo text >&5; rm /tmp/file' }),
  },
  {
    name: 'deleted open file, large',
    verdict: 'ready-with-options',
    reason: 'GhostTooLarge',
    file: 5,
    log: /Can't dump ghost file \/tmp\/file/,
    container: ({ start }) =>
      start({
        shell: 'exec 5>/tmp/file; /bin/busybox dd if=/dev/zero bs=1M count=3 >&5; /bin/busybox rm /tmp/file',
      }),
  },
  {
    name: 'deleted open file on a bind',
    verdict: 'ready',
    container: ({ start, dir }) => {
      const bind = { destination: '/data', type: 'bind', source: dir, options: ['rbind'] };
      return start({ mounts: [bind], shell: 'exec 5>/data/file; /bin/busybox rm /data/file' });
    },
  },
  {
    name: 'open file with another name left',
    verdict: 'ready-with-options',
    reason: 'NameGone',
    file: 5,
    log: /Can't create link remap for \/tmp\/file/,
    container: ({ start }) =>
      start({ shell: 'exec 5>/tmp/file; /bin/busybox ln /tmp/file /tmp/other; /bin/busybox rm /tmp/file' }),
  },
  {
    name: 'file lock',
    verdict: 'ready-with-options',
    reason: 'FileLock',
    file: 3,
    log: /file locks are hold/,
    container: ({ start }) =>
      start({ python: "import fcntl\nlock = open('/tmp/lock', 'w')\nfcntl.flock(lock, fcntl.LOCK_EX)" }),
  },
  {
    name: 'POSIX lock on a bind',
    verdict: 'ready-with-options',
    reason: 'FileLock',
    file: 3,
    log: /file locks are hold/,
    container: ({ start, dir }) => {
      const bind = { destination: '/data', type: 'bind', source: dir, options: ['rbind'] };
      const python = "import fcntl\nlock = open('/data/lock', 'w')\nfcntl.lockf(lock, fcntl.LOCK_EX)";
      return start({ python, mounts: [bind] });
    },
  },
  {
    name: 'inotify',
    verdict: 'ready',
    container: ({ start }) => start({ shell: '/bin/inotifyd - /tmp &' }),
  },
  {
    name: 'inotify on a bind',
    verdict: 'ready',
    container: ({ start, dir }) => {
      const bind = { destination: '/data', type: 'bind', source: dir, options: ['rbind'] };
      return start({ mounts: [bind], shell: '/bin/inotifyd - /data &' });
    },
  },
  {
    name: 'epoll, eventfd, timerfd, signalfd',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        python: `import ctypes, os, select
epoll = select.epoll()
kept = os.eventfd(1)
epoll.register(kept)
libc = ctypes.CDLL(None)
assert libc.timerfd_create(1, 0) >= 0
assert libc.signalfd(-1, ctypes.create_string_buffer(8), 0) >= 0`,
      }),
  },
  {
    name: 'message queue',
    verdict: 'ready-with-options',
    reason: 'UnknownMount',
    file: 3,
    log: /Can't lookup mount=\d+ for fd=3 path=\/queue/,
    container: ({ start }) =>
      start({
        mounts: [{ destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue' }],
        python: "import ctypes\nassert ctypes.CDLL('librt.so.1').mq_open(b'/queue', 0o102, 0o600, None) >= 0",
      }),
  },
  {
    name: 'io_uring',
    verdict: 'not-ready',
    reason: 'IoUring',
    file: 3,
    log: /Can't retrieve FDs/,
    container: async ({ start }) => {
      try {
        return await start({
          python: `import ctypes
ring = ctypes.CDLL(None).syscall(425, 4, ctypes.create_string_buffer(120))
assert ring >= 0, 'no io_uring'`,
        });
      } catch (error) {
        if (!(error as Error).message.includes('no io_uring')) throw error;
        return 'the kernel refuses io_uring_setup';
      }
    },
  },
  {
    name: 'device made by the runtime',
    verdict: 'not-ready',
    reason: 'CharDevice',
    file: 5,
    log: /Can't dump file 5 of that type .*chr 10:229/,
    container: ({ start }) =>
      start({
        shell: 'exec 5<>/dev/fuse',
        linux: {
          devices: [{ path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o666 }],
          resources: { devices: [{ allow: true, access: 'rwm' }] },
        },
      }),
  },
  {
    name: 'device made by the runtime, not open',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        linux: {
          devices: [{ path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o666 }],
          resources: { devices: [{ allow: true, access: 'rwm' }] },
        },
      }),
  },
  {
    name: 'device of the host, bound in',
    verdict: 'not-ready',
    reason: 'CharDevice',
    file: 5,
    log: /Can't dump file 5 of that type .*chr 10:229/,
    container: ({ start }) =>
      start({
        mounts: [{ destination: '/dev/fuse', type: 'bind', source: '/dev/fuse', options: ['bind'] }],
        shell: 'exec 5<>/dev/fuse',
        linux: { resources: { devices: [{ allow: true, access: 'rwm' }] } },
      }),
  },
  {
    name: 'zero and random devices',
    verdict: 'ready',
    container: ({ start }) => start({ shell: 'exec 5</dev/zero 6</dev/urandom 7>/dev/full' }),
  },
  {
    name: 'memfd and shared memory',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        python: `import mmap, os
kept = os.memfd_create('kept')
os.ftruncate(kept, 8192)
mapped = mmap.mmap(kept, 8192)
shared = mmap.mmap(-1, 8192)
shm = open('/dev/shm/file', 'w+b')
shm.truncate(4096)
more = mmap.mmap(shm.fileno(), 4096)`,
      }),
  },
  {
    name: 'folder of the host passed in',
    verdict: 'ready-with-options',
    reason: 'UnknownMount',
    file: 3,
    log: /Can't lookup mount=\d+ for fd=3 /,
    container: async ({ start, dir }) => {
      const folder = openSync(dir, 'r');
      try {
        return await start({ stdio: ['ignore', 'ignore', 'ignore', folder] });
      } finally {
        closeSync(folder);
      }
    },
  },
];

/** The write end of a pipe that a process of the host holds. */
async function hostPipe({ host, undo }: Stage): Promise<number> {
  const hold = "import os, time\nos.dup2(os.pipe()[1], 20)\nprint('ready', flush=True)\ntime.sleep(100000)";
  const { pid } = await host('/usr/bin/python3', '-c', hold);
  const pipe = openSync(`/proc/${pid}/fd/20`, 'w');
  undo(() => closeSync(pipe));
  return pipe;
}
