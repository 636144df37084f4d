import type { StdioOptions } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface OciMount {
  readonly destination: string;
  readonly type?: string;
  readonly source?: string;
  readonly options?: readonly string[];
}

export interface OciNamespace {
  readonly type: string;
  readonly path?: string;
}

/** A container, as a test wants it. */
export interface Recipe {
  readonly id?: string;
  readonly podUid?: string;
  /** Folder of cgroups that several containers have in common. */
  readonly top?: string;
  /** Run by busybox's sh, and then sleeps. */
  readonly shell?: string;
  /** Run by python3 of the host's /usr, which is bound into the container; then sleeps. */
  readonly python?: string;
  readonly namespaces?: readonly OciNamespace[];
  /** Besides proc, /dev and /sys. */
  readonly mounts?: readonly OciMount[];
  /** The host's ids from there on are the container's, which has a user namespace then. */
  readonly firstId?: number;
  /** The rootfs is an overlay, as those of containerd and CRI-O are. */
  readonly overlay?: boolean;
  /** Of the program; 0 where not given. */
  readonly uid?: number;
  readonly terminal?: boolean;
  /** It is made, and its program not begun. */
  readonly created?: boolean;
  /** More flags of `runc run`. */
  readonly flags?: readonly string[];
  readonly stdio?: StdioOptions;
  readonly capabilities?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** Members of `linux`, beside the namespaces. */
  readonly linux?: Readonly<Record<string, unknown>>;
  readonly rootfsPropagation?: string;
}

export const ownNamespaces: readonly OciNamespace[] = ['mount', 'pid', 'network', 'ipc', 'uts'].map(
  (type) => ({
    type,
  }),
);

/** All but the named. */
export const without = (...types: readonly string[]): readonly OciNamespace[] =>
  ownNamespaces.filter(({ type }) => !types.includes(type));

const files: Readonly<Record<string, string>> = { network: 'net', mount: 'mnt' };

/** Its own namespaces, and those of a process by their path. */
export const joined = (pid: number, ...types: readonly string[]): readonly OciNamespace[] => [
  ...without(...types),
  ...types.map((type) => ({ type, path: `/proc/${pid}/ns/${files[type] ?? type}` })),
];

const folders = ['bin', 'proc', 'dev', 'sys', 'tmp', 'etc', 'run', 'usr', 'data'];
const granted = ['CAP_KILL', 'CAP_NET_BIND_SERVICE', 'CAP_SETUID', 'CAP_SETGID', 'CAP_MKNOD'];

/** Writes a rootfs of a static busybox and the configuration beside it. */
export function bundle(dir: string, cgroup: string, recipe: Recipe): void {
  const rootfs = join(dir, 'rootfs');
  for (const folder of folders) mkdirSync(join(rootfs, folder), { recursive: true });
  copyFileSync('/bin/busybox', join(rootfs, 'bin/busybox'));
  for (const name of ['sh', 'sleep', 'inotifyd', 'setsid']) symlinkSync('busybox', join(rootfs, 'bin', name));
  writeFileSync(join(rootfs, 'etc/text'), 'of the image');
  symlinkSync('/data', join(rootfs, 'link'));
  // whoever the program runs as
  chmodSync(rootfs, 0o777);
  if (recipe.python !== undefined)
    for (const name of ['lib', 'lib64']) symlinkSync(`usr/${name}`, join(rootfs, name));
  if (recipe.firstId !== undefined) {
    execFileSync('chown', ['-R', `${recipe.firstId}:${recipe.firstId}`, rootfs]);
  }
  if (recipe.overlay === true) mountOverlay(dir, rootfs);
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config(cgroup, recipe)));
}

function mountOverlay(dir: string, rootfs: string): void {
  for (const name of ['upper', 'work']) mkdirSync(join(dir, name));
  renameSync(rootfs, join(dir, 'lower'));
  mkdirSync(rootfs);
  // an overlay on an overlay is refused: upper and work need a filesystem of their own
  const options = `lowerdir=${join(dir, 'lower')},upperdir=${join(dir, 'upper')},workdir=${join(dir, 'work')}`;
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, rootfs]);
}

const program = ({ shell = '', python }: Recipe): readonly string[] =>
  python === undefined
    ? ['/bin/sh', '-c', `${shell}\n: >/ready\nexec sleep 100000`]
    : ['/usr/bin/python3', '-c', `${framed(python)}\nimport time\nwhile True: time.sleep(100000)`];

/** What goes wrong is told on the host, since nobody sees the container's output. */
const framed = (python: string): string =>
  [
    'import traceback',
    'try:',
    ...python.split('\n').map((line) => `    ${line}`),
    "    open('/ready', 'w').close()",
    'except BaseException:',
    "    open('/complaint', 'w').write(traceback.format_exc())",
    '    raise',
  ].join('\n');

function config(cgroup: string, recipe: Recipe) {
  const capabilities = [...granted, ...(recipe.capabilities ?? [])];
  const { firstId, namespaces = ownNamespaces } = recipe;
  const hasName = namespaces.some(({ type, path }) => type === 'uts' && path === undefined);
  const ids = firstId === undefined ? undefined : [{ containerID: 0, hostID: firstId, size: 65_536 }];
  const users = ids === undefined ? {} : { uidMappings: ids, gidMappings: ids };
  const usr = { destination: '/usr', type: 'bind', source: '/usr', options: ['rbind', 'ro'] };
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: recipe.terminal ?? false,
      user: { uid: recipe.uid ?? 0, gid: recipe.uid ?? 0 },
      args: program(recipe),
      env: ['PATH=/bin:/usr/bin', 'PYTHONDONTWRITEBYTECODE=1'],
      cwd: '/',
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: true,
    },
    root: { path: 'rootfs', readonly: false },
    ...(hasName ? { hostname: 'container' } : {}),
    annotations: recipe.annotations ?? {},
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
      },
      { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'mode=1777'] },
      ...(recipe.python === undefined ? [] : [usr]),
      ...(recipe.mounts ?? []),
    ],
    linux: {
      cgroupsPath: cgroup,
      namespaces: [...namespaces, ...(ids === undefined ? [] : [{ type: 'user' }])],
      ...users,
      resources: { devices: [{ allow: false, access: 'rwm' }] },
      ...(recipe.rootfsPropagation === undefined ? {} : { rootfsPropagation: recipe.rootfsPropagation }),
      ...recipe.linux,
    },
  };
}
