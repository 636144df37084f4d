import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const project = fileURLToPath(new URL('../../..', import.meta.url));
export const deploy = `${project}deploy`;

/** Path of a program; undefined: it is not installed. */
export function find(name: string): string | undefined {
  const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return [...(process.env.PATH ?? '').split(':'), ...folders]
    .map((folder) => `${folder}/${name}`)
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** What a test cannot do without: undefined where all is there, else the reason it says and skips with. */
export function missing(
  what: string,
  { root = false, programs = [] }: { readonly root?: boolean; readonly programs?: readonly string[] },
): string | undefined {
  const absent = programs.filter((name) => find(name) === undefined);
  const reasons = [
    ...(root && process.getuid?.() !== 0 ? ['root'] : []),
    ...(absent.length > 0 ? [absent.join(', ')] : []),
  ];
  if (reasons.length === 0) return undefined;
  const reason = `needs ${reasons.join(' and ')}`;
  if (process.env.CI === 'true') throw new Error(`${what} ${reason}: .ci/run is to see to it`);
  console.log(`skipped: ${what}: ${reason}`);
  return reason;
}

/** Output of a program that must succeed; what it said where it does not. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): string {
  try {
    return execFileSync(find(program) ?? program, [...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
      ...options,
    });
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string } & Error;
    return expect.fail(`${program}: ${message}\n${stdout}${stderr}`);
  }
}

/** The JSON that a server of the test's answers. */
// biome-ignore lint/suspicious/noExplicitAny: what it is, the assertions say
export const json = async (url: string): Promise<any> => (await fetch(url)).json();
