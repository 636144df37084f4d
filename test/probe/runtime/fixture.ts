import type { Failure } from '../../../src/probe/proc.ts';
import type { RuntimeDeps, StateReader } from '../../../src/probe/runtime/index.ts';
import { stateFolders } from '../../../src/probe/runtime/index.ts';
import { errno, fakeProc, type Tree } from '../../support/fake-proc.ts';

export const id = 'f00dfeed0123456789abcdef';

/** Files by their path; a failure stands for one that cannot be read. Every path asked for is kept. */
export function fakeReader(files: Readonly<Record<string, string | Failure>>): StateReader & {
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    readText: (path, limit) => {
      asked.push(path);
      const found = files[path] ?? errno('ENOENT');
      return typeof found === 'string' && found.length > limit ? errno('EFBIG') : found;
    },
    list: (path) => {
      asked.push(path);
      const below = Object.keys(files).filter((file) => file.startsWith(`${path}/`));
      if (below.length === 0) return errno('ENOENT');
      return [...new Set(below.map((file) => file.slice(path.length + 1).split('/')[0] ?? ''))];
    },
  };
}

const mount = (id: number, root: string, point: string, type: string, device = `0:${id}`) =>
  `${id} 10 ${device} ${root} ${point} rw - ${type} ${type} rw`;

/** Mounts of a container: the rootfs, and more lines. */
export const mountinfo = (...more: readonly (readonly [root: string, point: string, type: string])[]) =>
  [
    '11 10 254:0 /rootfs / rw - ext4 /dev/vda rw',
    mount(12, '/', '/proc', 'proc'),
    ...more.map(([root, point, type], i) => mount(20 + i, root, point, type)),
    '',
  ].join('\n');

const stat = (pid: number, start: number) =>
  `${pid} (sleep) S 1 ${Array.from({ length: 48 }, (_, i) => (i === 17 ? start : 0)).join(' ')}\n`;

/** A container's init, process 77 since tick 1234, on a host with cgroup v1 unless told otherwise. */
export function container(more: Tree & { readonly mounts?: string; readonly host?: 'v1' | 'v2' } = {}) {
  const { mounts = mountinfo(), host = 'v1', ...tree } = more;
  const v1 = '3:cpu,cpuacct:/x\n2:freezer:/x\n1:name=systemd:/x\n0::/x\n';
  const hierarchy = host === 'v1' ? 'tmpfs tmpfs' : 'cgroup2 cgroup2';
  return fakeProc({
    ...tree,
    texts: {
      '77/stat': stat(77, 1234),
      '77/mountinfo': mounts,
      '77/cgroup': host === 'v1' ? v1 : '0::/x\n',
      '1/mountinfo': `9 1 0:9 / /sys/fs/cgroup rw - ${hierarchy} rw\n`,
      ...tree.texts,
    },
    links: { '77/ns/net': 'net:[4026531999]', '77/ns/pid': 'pid:[4026531888]', ...tree.links },
  });
}

export const runcState = (config: Readonly<Record<string, unknown>> = {}, more: object = {}) =>
  JSON.stringify({
    id,
    init_process_pid: 77,
    init_process_start: 1234,
    cgroup_paths: { freezer: '/sys/fs/cgroup/freezer/x', cpu: '/sys/fs/cgroup/cpu/x' },
    config: { rootfs: '/bundle/rootfs', ...config },
    ...more,
  });

export const crunStatus = (more: object = {}) =>
  JSON.stringify({
    pid: 77,
    'process-start-time': 1234,
    'cgroup-path': '/x',
    rootfs: '/bundle/rootfs',
    bundle: '/bundle',
    ...more,
  });

export const deps = (
  proc: RuntimeDeps['proc'],
  files: Readonly<Record<string, string | Failure>>,
  etc?: string,
): RuntimeDeps & { readonly reader: ReturnType<typeof fakeReader> } => ({
  proc,
  reader: fakeReader(files),
  folders: stateFolders(),
  ...(etc === undefined ? {} : { etc }),
});
