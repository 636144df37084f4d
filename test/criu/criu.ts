import { execFile, execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fromDebian = fileURLToPath(new URL('../../../shared/tools/criu-from-debian', import.meta.url));
const hardLimitMs = 40_000;

export interface Run {
  readonly ok: boolean;
  readonly log: string;
  /** The text of the log's error lines: `(criu/pipes.c:490): Migration of packetized pipes…`. */
  readonly errors: readonly string[];
  readonly ms: number;
}

let found: string | undefined;

/** A criu of 4.2 or later: $CRIU, else the one in PATH, else Debian's, put in a folder of its own. */
export function findCriu(): string {
  found ??= [process.env.CRIU, 'criu'].find(isRecent) ?? debianCriu();
  return found;
}

function debianCriu(): string {
  const path = execFileSync(fromDebian, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  if (!isRecent(path)) throw new Error(`no criu >= 4.2: ${path} does not run`);
  return path;
}

function isRecent(path: string | undefined): path is string {
  if (path === undefined) return false;
  try {
    const version = /Version: (\d+)\.(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }));
    return Number(version?.[1]) * 100 + Number(version?.[2]) >= 402;
  } catch {
    return false;
  }
}

/**
 * Dumps a tree into a folder. To restore it later let CRIU kill it: a tree that runs on has its temporary links
 * (--link-remap) and connections taken back.
 */
export function dump(
  pid: number,
  options: readonly string[],
  dir: string,
  after: 'running' | 'killed' = 'running',
): Promise<Run> {
  const leave = after === 'running' ? ['--leave-running'] : [];
  return run('dump', ['-t', String(pid), ...leave, '--timeout', '5'], options, dir);
}

/** Brings a dumped tree back; it must be dead and reaped. The tasks become children of init or of a subreaper. */
export function restore(options: readonly string[], dir: string): Promise<Run> {
  return run('restore', ['--restore-detached'], options, dir);
}

function run(
  command: 'dump' | 'restore',
  fixed: string[],
  options: readonly string[],
  dir: string,
): Promise<Run> {
  const log = `${command}.log`;
  const args = [command, '-D', dir, '-o', log, '-v4', ...fixed, ...options.flatMap(option)];
  const start = performance.now();
  return new Promise((resolve) => {
    execFile(findCriu(), args, { cwd: dir, timeout: hardLimitMs, killSignal: 'SIGKILL' }, async (error) => {
      const text = await readFile(join(dir, log), 'latin1').catch(() => '');
      const errors = [...text.matchAll(/^\(\d+\.\d+\) (?:.*: )?Error (.*)$/gm)].map(([, line]) => line ?? '');
      resolve({ ok: error === null, log: text, errors, ms: performance.now() - start });
    });
  });
}

/** 'external=unix[5]' → --external unix[5]; 'link-remap' → --link-remap */
function option(text: string): string[] {
  const equals = text.indexOf('=');
  return equals < 0 ? [`--${text}`] : [`--${text.slice(0, equals)}`, text.slice(equals + 1)];
}
