// Holds real files open, says on one line of JSON what it holds, and keeps them until its stdin ends.
//   node hold.js '{"dir": "/tmp/x", "want": ["pipe", "eventfd"]}'
// What cannot be made here is told under `skipped` with the reason. `koffi` gives the system calls node lacks.
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

const { dir, want } = JSON.parse(process.argv[2] ?? '{}');
const O_PATH = 0x200000;
const O_NOFOLLOW = 0x20000;
const at = (name) => join(dir, name);
const open = (path, flags = 'r') => fs.openSync(path, flags);
const fdOf = (handle) => handle._handle.fd;
/** Sockets, watchers and children live as long as this process. */
const kept = [];
const keep = (thing) => {
  kept.push(thing);
  return thing;
};

class Skip extends Error {}

function libc() {
  let koffi;
  try {
    koffi = createRequire(import.meta.url)('koffi');
  } catch {
    throw new Skip('koffi is missing');
  }
  const library = koffi.load('libc.so.6');
  const bind = (declaration) => {
    const call = library.func(declaration);
    return (...args) => {
      const result = call(...args);
      if (result >= 0) return Number(result);
      const name = Object.entries(koffi.os.errno).find(([, number]) => number === koffi.errno())?.[0];
      throw new Skip(`${declaration.split(/[ (]/)[1]}: ${name ?? koffi.errno()}`);
    };
  };
  return bind;
}

function call(declaration, ...args) {
  return libc()(declaration)(...args);
}

function mknod(path, type, major, minor) {
  try {
    execFileSync('mknod', [path, type, major, minor].filter((word) => word !== undefined).map(String), {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    throw new Skip(String(error.stderr ?? error).trim());
  }
  return path;
}

const listening = (options) =>
  new Promise((resolve, reject) => {
    const server = keep(createServer());
    server.once('error', reject);
    server.listen(options, () => resolve(server));
  });

const epollEvent = (fd) => {
  const event = Buffer.alloc(12);
  event.writeUInt32LE(1, 0);
  event.writeUInt32LE(fd, 4);
  return event;
};

function watch(fd) {
  const epoll = call('int epoll_create1(int flags)', 0);
  call('int epoll_ctl(int epfd, int op, int fd, void *event)', epoll, 1, fd, epollEvent(fd));
  return epoll;
}

/** Each gives the fds it holds by name; `null` where what counts has no fd. */
const makers = {
  disk: () => ({ fd: open('/etc/passwd') }),
  own: () => {
    fs.writeFileSync(at('own'), 'x');
    return { fd: open(at('own'), 'r+') };
  },
  tmpfs: () => {
    const path = `/dev/shm/hold-${process.pid}`;
    const fd = open(path, 'w+');
    process.on('exit', () => fs.rmSync(path, { force: true }));
    return { fd };
  },
  directory: () => ({ fd: open(dir) }),
  deleted: () => {
    const fd = open(at('gone'), 'w+');
    fs.unlinkSync(at('gone'));
    return { fd };
  },
  'deleted-linked': () => {
    const fd = open(at('linked'), 'w+');
    fs.linkSync(at('linked'), at('other-link'));
    fs.unlinkSync(at('linked'));
    return { fd };
  },
  names: () =>
    Object.fromEntries(
      [
        ['newline', 'a\nb'],
        ['escape', '\x1b[31mred\x1b[0m'],
        ['quotes', `"it's"\\x`],
        ['deleted', 'x (deleted)'],
        ['socket', 'socket:[1]'],
        ['bidi', 'a\u202Etxt.exe'],
        ['bytes', Buffer.from([0x61, 0xff, 0xfe, 0x0a, 0x62])],
      ].map(([name, file]) => {
        const path = Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(file)]);
        return [name, fs.openSync(path, 'w')];
      }),
    ),
  symlink: () => {
    fs.symlinkSync('nowhere', at('symlink'));
    return { fd: open(at('symlink'), O_PATH | O_NOFOLLOW) };
  },
  fifo: () => ({ fd: open(mknod(at('fifo'), 'p'), 'r+') }),
  pipe: () => {
    const child = keep(spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore'] }));
    const [read, write] = call2('int pipe(void *fds)');
    return { read, write, child: child.pid };
  },
  'block-node': () => ({ fd: open(mknod(at('block'), 'b', 7, 33), O_PATH) }),
  loop: () => {
    try {
      return { fd: open('/dev/loop0') };
    } catch (error) {
      throw new Skip(`/dev/loop0: ${error.code}`);
    }
  },
  null: () => ({ fd: open('/dev/null') }),
  pty: () => {
    const master = open('/dev/ptmx', fs.constants.O_RDWR | fs.constants.O_NOCTTY);
    const unlock = Buffer.alloc(4);
    const number = Buffer.alloc(4);
    const ioctl = libc()('int ioctl(int fd, unsigned long request, void *arg)');
    ioctl(master, 0x40045431, unlock);
    ioctl(master, 0x80045430, number);
    const path = `/dev/pts/${number.readInt32LE(0)}`;
    return { master, slave: open(path, fs.constants.O_RDWR | fs.constants.O_NOCTTY) };
  },
  tcp: async () => {
    const server = await listening({ port: 0, host: '127.0.0.1' });
    const accepted = new Promise((resolve) => server.once('connection', resolve));
    const client = keep(connect(server.address().port, '127.0.0.1'));
    const other = keep(await accepted);
    return { listen: fdOf(server), client: fdOf(client), server: fdOf(other) };
  },
  'tcp-unbound': () => ({ fd: call('int socket(int domain, int type, int protocol)', 2, 1, 0) }),
  udp: async () => {
    const socket = keep(createSocket('udp4'));
    await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return {
      fd: Object.getOwnPropertySymbols(socket)
        .map((key) => socket[key]?.handle?.fd)
        .find(Number.isInteger),
    };
  },
  unix: async () => ({ fd: fdOf(await listening({ path: at('sock') })) }),
  netlink: () => ({ fd: call('int socket(int domain, int type, int protocol)', 16, 3, 0) }),
  eventfd: () => ({ fd: call('int eventfd(unsigned int count, int flags)', 3, 0) }),
  timerfd: () => ({ fd: call('int timerfd_create(int clock, int flags)', 1, 0) }),
  memfd: () => ({ fd: call('int memfd_create(const char *name, unsigned int flags)', 'held', 0) }),
  signalfd: () => ({ fd: call('int signalfd(int fd, void *mask, int flags)', -1, Buffer.alloc(128), 0) }),
  inotify: () => {
    const fd = call('int inotify_init1(int flags)', 0);
    call('int inotify_add_watch(int fd, const char *path, uint32_t mask)', fd, dir, 0x100);
    return { fd };
  },
  pidfd: () => ({ fd: call('long syscall(long number, long pid, long flags)', 434, process.pid, 0) }),
  watched: async () => {
    const fd = call('int socket(int domain, int type, int protocol)', 1, 1, 0);
    return { fd, epoll: watch(fd) };
  },
  // two descriptions of one fifo, of which one is watched
  'watched-one': () => {
    const [fd, other] = [open(mknod(at('two'), 'p'), 'r+'), open(at('two'), 'r+')];
    return { fd, other, epoll: watch(fd) };
  },
  // the watcher is another process, which has the socket from this one
  'watched-outside': async () => {
    const fd = call('int socket(int domain, int type, int protocol)', 1, 1, 0);
    const child = keep(
      spawn(process.execPath, [process.argv[1], JSON.stringify({ dir, want: ['watch-3'] })], {
        stdio: ['pipe', 'pipe', 'inherit', fd],
        detached: true,
      }),
    );
    const told = await new Promise((resolve) =>
      child.stdout.once('data', (text) => resolve(JSON.parse(String(text)))),
    );
    return { fd, watcher: child.pid, epoll: told.fds['watch-3'].epoll };
  },
  'watch-3': () => ({ epoll: watch(3) }),
  // a child that ends and is never waited for: its parent is a shell that was stopped at `sleep`
  zombie: async () => {
    const script = 'sleep 0 & echo $!; exec sleep 60';
    const parent = keep(spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] }));
    const pid = await new Promise((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
    for (let i = 0; i < 200; i++) {
      if (/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'latin1'))) return { pid };
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Skip('the child did not become a zombie');
  },
};

function call2(declaration) {
  const pair = Buffer.alloc(8);
  call(declaration, pair);
  return [pair.readInt32LE(0), pair.readInt32LE(4)];
}

const fds = {};
const skipped = {};
for (const name of want) {
  try {
    fds[name] = await makers[name]();
  } catch (error) {
    if (!(error instanceof Skip)) throw error;
    skipped[name] = error.message;
  }
}
process.stdout.write(`${JSON.stringify({ pid: process.pid, fds, skipped })}\n`);
process.stdin.resume();
process.stdin.on('end', () => {
  for (const thing of kept) thing.kill?.('SIGKILL');
  process.exit(0);
});
