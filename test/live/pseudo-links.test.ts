import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { loadNative } from '../../src/probe/native/koffi.ts';
import { createProbe } from '../../src/probe/probe.ts';
import { failed, realProc } from '../../src/probe/proc.ts';

/** Three of each: the first is learnt from. The last of the eventpolls watches nothing. */
const holder = `
import ctypes, os, select, socket
libc, kept = ctypes.CDLL(None), []
mask = (ctypes.c_ulong * 16)(1)
for n in range(3):
    event, epoll = os.eventfd(n), select.epoll()
    if n < 2: epoll.register(event, 1)
    watch = libc.inotify_init()
    libc.inotify_add_watch(watch, b'/tmp', 2)
    kept += [event, epoll, watch, libc.timerfd_create(1, 0), libc.signalfd(-1, mask, 0), os.pipe(), socket.socketpair()]
print(os.getpid(), flush=True)
input()
`;

it('links told by fdinfo are those that readlink(2) says', async () => {
  const child = spawn('python3', ['-c', holder], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [line] = await once(createInterface(child.stdout), 'line');
    const pid = Number(line);
    const probe = createProbe(realProc(), loadNative().native);
    for (const look of ['first', 'second']) {
      const answer = probe({ pid, type: 'process', asks: new Set() });
      if (answer === 'kernel-thread' || failed(answer)) throw new Error(JSON.stringify(answer));
      const fds = (answer.processes[0]?.files ?? []).filter(({ via }) => via === 'fd');
      expect(fds.length, look).toBeGreaterThanOrEqual(3 * 9);
      for (const { fd, path } of fds) expect(path, look).toBe(readlinkSync(`/proc/${pid}/fd/${fd}`));
    }
  } finally {
    child.kill();
  }
});
