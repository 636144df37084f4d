import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Recipe } from '../../support/runc.ts';
import { joined, ownNamespaces, without } from '../../support/runc-bundle.ts';
import type { Situation } from './situation.ts';

const firstId = 100_000;

export const namespaces: readonly Situation[] = [
  { name: 'plain', verdict: 'ready', container: ({ start }) => start() },
  { name: 'python', verdict: 'ready', container: ({ start }) => start({ python: 'pass' }) },
  {
    name: 'without pivot_root',
    verdict: 'ready',
    container: ({ start }) => start({ flags: ['--no-pivot'] }),
  },
  {
    name: 'host network',
    verdict: 'ready',
    container: ({ start }) => start({ namespaces: without('network') }),
  },
  { name: 'host pid', verdict: 'ready', container: ({ start }) => start({ namespaces: without('pid') }) },
  {
    name: 'host ipc and uts',
    verdict: 'ready',
    container: ({ start }) => start({ namespaces: without('ipc', 'uts') }),
  },
  {
    name: 'own cgroup namespace',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        namespaces: [...ownNamespaces, { type: 'cgroup' }],
        mounts: [{ destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['ro'] }],
      }),
  },
  {
    name: 'network namespace by its path',
    verdict: 'ready',
    container: async ({ start, undo }) => {
      const name = `checkpointable-${process.pid}`;
      execFileSync('ip', ['netns', 'add', name]);
      undo(() => execFileSync('ip', ['netns', 'delete', name]));
      const path = `/run/netns/${name}`;
      return start({ namespaces: [...without('network'), { type: 'network', path }] });
    },
  },
  {
    name: 'container of a pod',
    verdict: 'ready',
    container: async ({ start }) => {
      const { pid, podUid } = await start();
      return start({ podUid, namespaces: joined(pid, 'network', 'ipc') });
    },
  },
  {
    name: 'shared process namespace of a pod, with children',
    verdict: 'ready',
    container: async ({ start }) => {
      const { pid, podUid } = await start();
      const shell = 'sleep 1000 & /bin/setsid sleep 1000 &';
      return start({ podUid, shell, namespaces: joined(pid, 'network', 'ipc', 'pid') });
    },
  },
  {
    name: 'sandbox of a shared process namespace',
    verdict: 'ready',
    container: async ({ start }) => {
      const sandbox = await start();
      await start({ podUid: sandbox.podUid, namespaces: joined(sandbox.pid, 'network', 'ipc', 'pid') });
      return sandbox;
    },
  },
  {
    name: 'orphan in a shared process namespace: left behind',
    verdict: 'ready',
    container: async ({ start }) => {
      const { pid } = await start();
      return start({ namespaces: joined(pid, 'network', 'pid'), shell: '(sleep 1000 &)' });
    },
  },
  {
    name: 'orphan with host pid: left behind',
    verdict: 'ready',
    container: ({ start }) => start({ namespaces: without('pid'), shell: '(sleep 1000 &)' }),
  },
  { name: 'user namespace', verdict: 'ready', container: ({ start }) => start({ firstId }) },
  {
    name: 'user namespace with host network, binds and message queues',
    verdict: 'ready',
    container: ({ start, dir }) =>
      start({
        firstId,
        namespaces: without('network'),
        mounts: [
          { destination: '/data', type: 'bind', source: dir, options: ['rbind'] },
          { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue' },
        ],
      }),
  },
  {
    name: 'user namespace in the network of a pod without one',
    verdict: 'not-ready',
    reason: 'ForeignOwnedNamespace',
    log: /doesn't belong to the target user namespace/,
    container: async ({ start }) => {
      const { pid } = await start();
      return start({ firstId, namespaces: joined(pid, 'network') });
    },
  },
  {
    name: 'another user, where CRIU lacks CAP_SYS_RESOURCE',
    verdict: 'not-ready',
    reason: 'MissingCapability',
    log: /Can't get rlimit/,
    container: ({ start }) =>
      engineMaySetLimits() ? Promise.resolve('CRIU has CAP_SYS_RESOURCE here') : start({ uid: 1000 }),
  },
  {
    name: 'network device of its own',
    verdict: 'ready',
    container: async ({ start, undo }) => {
      const { pid, ...container } = await start();
      const name = `ckp${process.pid % 100_000}`;
      execFileSync('ip', ['link', 'add', `${name}a`, 'type', 'veth', 'peer', 'name', `${name}b`]);
      // with its other end it goes by itself
      undo(() => execFileSync('sh', ['-c', `ip link delete ${name}a 2>/dev/null || :`]));
      execFileSync('ip', ['link', 'set', `${name}b`, 'netns', String(pid)]);
      return { pid, ...container };
    },
  },
  {
    name: 'child in a network namespace of its own',
    verdict: 'not-ready',
    reason: 'NestedNamespace',
    log: /more than one netns/,
    container: ({ start }) => start(childIn(0x40000000)),
  },
  {
    name: 'child in a UTS namespace of its own',
    verdict: 'not-ready',
    reason: 'NestedNamespace',
    log: /Can't dump nested uts namespace/,
    container: ({ start }) => start(childIn(0x04000000)),
  },
  {
    name: 'child in a mount namespace of its own',
    verdict: 'ready',
    container: ({ start }) => start(childIn(0x00020000)),
  },
  ...(['own', 'joined'] as const).map(
    (how): Situation => ({
      name: `System V memory, ${how} IPC namespace`,
      verdict: 'ready',
      container: async ({ start }) => {
        const namespaces = how === 'own' ? ownNamespaces : joined((await start()).pid, 'ipc');
        return start({ namespaces, python: systemVMemory });
      },
    }),
  ),
  {
    name: 'System V memory, host IPC',
    verdict: 'not-ready',
    reason: 'SysvShm',
    file: /SYSV/,
    log: /doesn't live in IPC ns/,
    container: ({ start }) => start({ namespaces: without('ipc'), python: systemVMemory }),
  },
];

const systemVMemory = `import ctypes
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
kept = libc.shmget(0, 8192, 0o1600)
libc.shmat(kept, None, 0)
libc.shmctl(kept, 0, None)`;

/** unshare(2) */
function childIn(flag: number): Recipe {
  const python = `import ctypes, os, time
told, tells = os.pipe()
if os.fork() == 0:
    assert ctypes.CDLL(None).unshare(${flag}) == 0
    os.write(tells, b'x')
    time.sleep(100000)
os.read(told, 1)`;
  return { python, capabilities: ['CAP_SYS_ADMIN'] };
}

/** CAP_SYS_RESOURCE */
const engineMaySetLimits = (): boolean =>
  (BigInt(`0x${/^CapEff:\t(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]}`) & (1n << 24n)) !==
  0n;
