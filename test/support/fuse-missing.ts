import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { isRoot } from './root.ts';

/** Why there can be no FUSE mount here; undefined where there can. */
export function fuseMissing(): string | undefined {
  if (!isRoot) return 'needs root to mount';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    execFileSync('bindfs', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch (error) {
    return `needs bindfs and /dev/fuse: ${(error as Error).message.split('\n')[0]}`;
  }
}
