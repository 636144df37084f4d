import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';

const script = fileURLToPath(new URL('./hold.js', import.meta.url));

export interface Held {
  readonly pid: number;
  /** What node calls its main thread: `node`, from 24 on `MainThread`. */
  readonly comm: string;
  readonly dir: string;
  /** What it holds by the name asked for: fds, pids. Skips the test, with the reason, where it could not be had. */
  of(context: TestContext, name: string): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

interface Told {
  readonly pid: number;
  readonly fds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly skipped: Readonly<Record<string, string>>;
}

/** A folder that other users may enter. */
export function temporary(): string {
  const dir = mkdtempSync(join(tmpdir(), 'checkpointable-'));
  chmodSync(dir, 0o755);
  return dir;
}

/** rmSync does not find names that are not UTF-8. */
export const remove = (dir: string): void => void execFileSync('rm', ['-rf', dir]);

/** Starts `hold.js` in a folder of its own. */
export async function hold(...want: readonly string[]): Promise<Held> {
  const dir = temporary();
  const child = spawn(process.execPath, [script, JSON.stringify({ dir, want })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const told = await firstLine(child, ended);
  return {
    pid: told.pid,
    comm: readFileSync(`/proc/${told.pid}/comm`, 'latin1').trimEnd(),
    dir,
    of: ({ skip }, name) => {
      const reason = told.skipped[name];
      if (reason !== undefined) {
        console.log(`skipped: ${name}: ${reason}`);
        skip(reason);
      }
      return told.fds[name] ?? {};
    },
    stop: async () => {
      child.stdin?.end();
      await ended;
      remove(dir);
    },
  };
}

async function firstLine(child: ChildProcess, ended: Promise<unknown>): Promise<Told> {
  if (child.stdout === null) throw new Error('no stdout');
  const line = once(createInterface(child.stdout), 'line').then(([text]) => String(text));
  const said = await Promise.race([line, ended.then(() => undefined)]);
  if (said === undefined) throw new Error('hold.js ended before it held anything');
  return JSON.parse(said) as Told;
}
