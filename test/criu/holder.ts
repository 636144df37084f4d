import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./hold/main.py', import.meta.url));

export interface Blame {
  /** How the process refers to the file, when not by a descriptor. */
  readonly via?: 'map' | 'cwd' | 'root' | 'exe';
  readonly fd?: number;
  readonly pid?: number;
  readonly path?: string;
}

export interface Holder {
  /** Root of the tree to dump. */
  readonly pid: number;
  readonly blame: Blame;
  /** Helper processes outside the tree. */
  readonly outside: readonly number[];
  /** For option templates. */
  readonly vars: Readonly<Record<string, string>>;
  /** Undoes everything: processes, mounts, files. */
  stop(): Promise<void>;
}

export interface Skipped {
  readonly skip: string;
}

/** Starts a holder; it says either what it holds or why this machine cannot make the situation. */
export async function startHolder(name: string): Promise<Holder | Skipped> {
  const child = spawn('/usr/bin/python3', [main, name], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint += text.toString();
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => String(text)),
    ended.then(() => undefined),
  ]);
  if (line === undefined) throw new Error(`holder ${name} failed: ${complaint.trim()}`);
  const said = JSON.parse(line) as Omit<Holder, 'stop'> | Skipped;
  if ('skip' in said) {
    await stop();
    return said;
  }
  return { ...said, stop };
}

/** Puts the holder's vars into option templates: 'external=unix[{ino}]'. */
export function fill(options: readonly string[], vars: Readonly<Record<string, string>>): string[] {
  return options.map((text) => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => vars[name] ?? `{${name}}`));
}

/** A process and its descendants. */
export function treeOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return [pid, ...children.flatMap((child) => treeOf(Number(child)))];
  } catch {
    return [];
  }
}

/** Kills a tree and waits until its pids are free, as a restore needs them. */
export async function killTree(pid: number): Promise<void> {
  const pids = treeOf(pid);
  for (const each of pids) {
    try {
      process.kill(each, 'SIGKILL');
    } catch {
      // gone already
    }
  }
  for (let tries = 0; tries < 500 && pids.some(remains); tries++) await sleep(10);
}

/** Zombies of pid 1 do not count: a restored tree is adopted by it, and some inits take their time. */
function remains(pid: number): boolean {
  try {
    return !/\) Z 1 /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
