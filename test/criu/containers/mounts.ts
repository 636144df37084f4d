import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownNamespaces } from '../../support/runc-bundle.ts';
import type { Situation } from './situation.ts';
import type { Stage } from './stage.ts';

const tmpfsOf = ({ dir, undo }: Stage): string => {
  const source = join(dir, 'tmpfs');
  mkdirSync(source);
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', source]);
  undo(() => execFileSync('umount', ['-R', source]));
  return source;
};

const masked = [
  '/proc/kcore',
  '/proc/keys',
  '/proc/timer_list',
  '/proc/acpi',
  '/sys/firmware',
  '/proc/nowhere',
];

export const mounts: readonly Situation[] = [
  {
    name: 'bind of a file',
    verdict: 'ready',
    container: ({ start, dir }) => {
      writeFileSync(join(dir, 'hosts'), '');
      const bind = {
        destination: '/etc/hosts',
        type: 'bind',
        source: join(dir, 'hosts'),
        options: ['rbind'],
      };
      return start({ mounts: [bind] });
    },
  },
  {
    name: 'bind of a folder, held open',
    verdict: 'ready',
    container: ({ start, dir }) => {
      const bind = { destination: '/data', type: 'bind', source: dir, options: ['rbind', 'rw'] };
      return start({ mounts: [bind], shell: 'exec 5>/data/file 6</data' });
    },
  },
  {
    name: 'bind read-only and private',
    verdict: 'ready',
    container: ({ start, dir }) => {
      const bind = { destination: '/data', type: 'bind', source: dir, options: ['rbind', 'ro', 'rprivate'] };
      return start({ mounts: [bind] });
    },
  },
  {
    name: 'bind of a tmpfs',
    verdict: 'ready',
    container: (stage) => {
      const bind = { destination: '/data', type: 'bind', source: tmpfsOf(stage), options: ['rbind'] };
      return stage.start({ mounts: [bind], shell: 'exec 5>/data/file' });
    },
  },
  {
    name: 'bind rslave of a shared tmpfs',
    verdict: 'ready',
    container: (stage) => {
      const source = tmpfsOf(stage);
      execFileSync('mount', ['--make-shared', source]);
      const bind = { destination: '/data', type: 'bind', source, options: ['rbind', 'rslave'] };
      return stage.start({ mounts: [bind] });
    },
  },
  {
    name: 'bind rshared of a shared tmpfs',
    verdict: 'ready',
    container: (stage) => {
      const source = tmpfsOf(stage);
      execFileSync('mount', ['--make-shared', source]);
      const bind = { destination: '/data', type: 'bind', source, options: ['rbind', 'rshared'] };
      return stage.start({ mounts: [bind], rootfsPropagation: 'rshared' });
    },
  },
  {
    name: 'bind of a folder with a mount below it',
    verdict: 'ready',
    container: (stage) => {
      const source = join(stage.dir, 'outer');
      mkdirSync(join(source, 'inner'), { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', join(source, 'inner')]);
      stage.undo(() => execFileSync('umount', ['-R', join(source, 'inner')]));
      const bind = { destination: '/data', type: 'bind', source, options: ['rbind'] };
      return stage.start({ mounts: [bind] });
    },
  },
  {
    name: 'mount that arrived later by propagation',
    verdict: 'ready-with-options',
    reason: 'MountMasterOutside',
    file: /^\/data\/later$/,
    log: /unreachable sharing/,
    container: async (stage) => {
      const source = tmpfsOf(stage);
      mkdirSync(join(source, 'later'));
      execFileSync('mount', ['--make-shared', source]);
      const bind = { destination: '/data', type: 'bind', source, options: ['rbind', 'rslave'] };
      const container = await stage.start({ mounts: [bind] });
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', join(source, 'later')]);
      return container;
    },
  },
  {
    name: 'bind through a link of the rootfs',
    verdict: 'ready',
    container: async ({ start, dir }) => {
      const bind = { destination: '/link/inner', type: 'bind', source: dir, options: ['rbind'] };
      return start({ mounts: [bind] });
    },
  },
  {
    name: 'bind whose file was replaced',
    verdict: 'ready',
    container: async ({ start, dir }) => {
      const source = join(dir, 'hosts');
      writeFileSync(source, 'old');
      const bind = { destination: '/etc/hosts', type: 'bind', source, options: ['rbind'] };
      const container = await start({ mounts: [bind], shell: 'exec 5</etc/hosts' });
      writeFileSync(join(dir, 'new'), 'new');
      renameSync(join(dir, 'new'), source);
      return container;
    },
  },
  {
    name: 'bind whose folder was removed',
    verdict: 'ready',
    container: async ({ start, dir }) => {
      const source = join(dir, 'volume');
      mkdirSync(source);
      const bind = { destination: '/data', type: 'bind', source, options: ['rbind'] };
      const container = await start({ mounts: [bind], shell: 'exec 5>/data/file' });
      rmSync(source, { recursive: true });
      return container;
    },
  },
  {
    name: 'tmpfs with files',
    verdict: 'ready',
    container: ({ start }) => {
      const tmpfs = { destination: '/data', type: 'tmpfs', source: 'tmpfs', options: ['size=1m'] };
      return start({ mounts: [tmpfs], shell: 'echo text >/data/file; exec 5>>/data/file' });
    },
  },
  {
    name: 'mqueue, sysfs and cgroup',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        mounts: [
          { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid'] },
          { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'ro'] },
          { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'ro'] },
        ],
      }),
  },
  {
    name: 'cgroup in a cgroup namespace',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        namespaces: [...ownNamespaces, { type: 'cgroup' }],
        mounts: [
          { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'ro'] },
          { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'ro'] },
        ],
      }),
  },
  {
    name: 'masked and read-only paths',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        mounts: [{ destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'ro'] }],
        linux: { maskedPaths: masked, readonlyPaths: ['/proc/sys', '/proc/bus', '/proc/irq'] },
      }),
  },
  {
    name: 'mounted by the container itself',
    verdict: 'ready',
    container: ({ start }) =>
      start({ capabilities: ['CAP_SYS_ADMIN'], shell: '/bin/busybox mount -t tmpfs tmpfs /data' }),
  },
  {
    name: 'bind mounted by the container itself',
    verdict: 'ready',
    container: ({ start }) =>
      start({ capabilities: ['CAP_SYS_ADMIN'], shell: '/bin/busybox mount -o bind /etc /data' }),
  },
  {
    name: 'bind from a bind by the container itself',
    verdict: 'ready',
    container: ({ start, dir }) => {
      mkdirSync(join(dir, 'in'));
      const bind = { destination: '/run', type: 'bind', source: dir, options: ['rbind'] };
      return start({
        mounts: [bind],
        capabilities: ['CAP_SYS_ADMIN'],
        shell: '/bin/busybox mount -o bind /run/in /data',
      });
    },
  },
  {
    name: 'mount covered by another',
    verdict: 'ready-with-options',
    reason: 'CoveredMount',
    file: 5,
    log: /overmounted mounts/,
    container: ({ start }) =>
      start({
        capabilities: ['CAP_SYS_ADMIN'],
        mounts: [{ destination: '/data', type: 'tmpfs', source: 'tmpfs' }],
        shell: 'exec 5>/data/file; /bin/busybox mount -t tmpfs tmpfs /data',
      }),
  },
  {
    name: 'disk bound in',
    verdict: 'ready',
    container: async (stage) => {
      const source = join(stage.dir, 'disk');
      const image = join(stage.dir, 'image');
      mkdirSync(source);
      try {
        execFileSync('truncate', ['-s', '8M', image]);
        execFileSync('mkfs.ext4', ['-q', image], { stdio: 'pipe' });
        execFileSync('mount', ['-o', 'loop', image, source], { stdio: 'pipe' });
      } catch (error) {
        return `no disk can be mounted: ${(error as Error).message}`;
      }
      stage.undo(() => execFileSync('umount', [source]));
      const bind = { destination: '/data', type: 'bind', source, options: ['rbind'] };
      return stage.start({ mounts: [bind], shell: 'exec 5>/data/file' });
    },
  },
  {
    name: 'overlay, as containerd has it',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        overlay: true,
        shell: 'exec 5>/tmp/file 6</etc/text; echo more >>/etc/text; /bin/inotifyd - /etc &',
      }),
  },
  {
    name: 'overlay, its own file deleted',
    verdict: 'ready',
    container: ({ start }) =>
      start({ overlay: true, shell: 'exec 5>/tmp/file; echo text >&5; /bin/busybox rm /tmp/file' }),
  },
  {
    name: 'overlay, file of the image deleted',
    verdict: 'ready-with-options',
    reason: 'NameGone',
    file: 5,
    log: /Can't create link remap for \/etc\/text/,
    container: ({ start }) => start({ overlay: true, shell: 'exec 5</etc/text; /bin/busybox rm /etc/text' }),
  },
  {
    name: 'overlay, folder of the image removed',
    verdict: 'ready-with-options',
    reason: 'NameGone',
    file: 5,
    log: /Can't create link remap for \/data/,
    container: ({ start }) => start({ overlay: true, shell: 'exec 5</data; /bin/busybox rmdir /data' }),
  },
];
