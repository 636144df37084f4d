import type { FindDeps } from '../../src/probe/targets/containers.ts';
import { defaultHostFolders, type FolderReader } from '../../src/probe/targets/folders.ts';
import { fakeProc } from './fake-proc.ts';
import { statLine } from './fake-process.ts';

/** Files of the node by path; a folder is what lies below it. What has no answer is ENOENT. */
export function fakeFolders(files: Readonly<Record<string, string>>): FolderReader {
  return {
    list: (folder, ...names) => {
      const prefix = `${[folder, ...names].join('/')}/`;
      const below = Object.keys(files).filter((path) => path.startsWith(prefix));
      if (below.length === 0) return { errno: 'ENOENT' };
      return [...new Set(below.map((path) => path.slice(prefix.length).split('/')[0] ?? ''))];
    },
    readText: (folder, ...names) => files[[folder, ...names].join('/')] ?? { errno: 'ENOENT' },
  };
}

/** A process of a fake node. */
export interface FakeMember {
  readonly cgroup: string;
  readonly ppid?: number;
  readonly start?: string;
  readonly comm?: string;
  readonly state?: string;
  /** As in /proc/PID/status. */
  readonly nsPid?: string;
}

/** A node with these processes, with process 1 besides, and these files. */
export function fakeNode(
  members: Readonly<Record<number, FakeMember>>,
  files: Readonly<Record<string, string>> = {},
): FindDeps {
  const texts: Record<string, string> = {
    '1/cgroup': '0::/init.scope\n',
    '1/stat': statLine(1, { ppid: 0, start: '1' }),
  };
  for (const [
    pid,
    { cgroup, ppid = 1, start = pid, comm = 'job', state = 'S', nsPid = pid },
  ] of Object.entries(members)) {
    texts[`${pid}/cgroup`] = cgroup.includes('::') ? cgroup : `0::${cgroup}\n`;
    texts[`${pid}/stat`] = statLine(Number(pid), { ppid, start, comm, state });
    texts[`${pid}/status`] =
      `Name:\t${comm}\nTgid:\t${pid}\nTracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t \nNSpid:\t${nsPid}\n` +
      'Threads:\t1\nSigPnd:\t0\nShdPnd:\t0\nCapEff:\t0\n';
  }
  return { proc: fakeProc({ texts }), folders: defaultHostFolders, reader: fakeFolders(files) };
}
