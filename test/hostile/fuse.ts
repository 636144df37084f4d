import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../e2e/support.ts';
import { remove, temporary } from '../support/held.ts';

/** Mounts of a folder of their own, and an end of them that does not hang however they were left. */
export interface Mounts {
  readonly dir: string;
  folder(name: string): string;
  /** bindfs: served by a program that can be stopped. */
  fuse(source: string, at: string): Promise<ChildProcess>;
  /** An overlay whose files are in `lower`: nothing in its type tells that a server is behind it. */
  overlay(lower: string, at: string): void;
  detach(at: string): void;
  end(): void;
}

export function mounts(): Mounts {
  const dir = temporary();
  const servers: ChildProcess[] = [];
  const mounted: string[] = [];
  const folder = (name: string) => {
    const path = join(dir, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  return {
    dir,
    folder,
    fuse: async (source, at) => {
      const server = spawn('bindfs', ['-f', source, at], { stdio: 'ignore' });
      servers.push(server);
      await until(() => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${at} `), 'bindfs mounts');
      mounted.push(at);
      return server;
    },
    overlay: (lower, at) => {
      const work = `lowerdir=${lower},upperdir=${folder('upper')},workdir=${folder('work')}`;
      execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', work, at]);
      mounted.push(at);
    },
    detach: (at) => {
      execFileSync('umount', ['-l', at]);
      mounted.splice(mounted.indexOf(at), 1);
    },
    end: () => {
      for (const server of servers) server.kill('SIGCONT');
      for (const at of mounted.reverse()) execFileSync('umount', ['-l', at]);
      for (const server of servers) server.kill('SIGKILL');
      remove(dir);
    },
  };
}
