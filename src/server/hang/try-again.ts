import { closeSync, constants, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { attempt } from '../../probe/proc.ts';
import type { Blocked } from './blocked.ts';

/**
 * Asks once more for what hung, in a process of its own that is thrown away: `node try-again.js named HEX`. Whatever the
 * answer is, an errno too, it is one. Says first which mount it is on, as far as that can be had without asking it.
 */
const O_PATH = 0o10000000;
const [, , call, hex = ''] = process.argv;
const path = Buffer.from(hex, 'hex');

function open(flags: number, use: (fd: number) => void): void {
  attempt(() => {
    const fd = openSync(path, flags);
    try {
      use(fd);
    } finally {
      closeSync(fd);
    }
  });
}

open(O_PATH, (fd) => {
  const mntId = /^mnt_id:\t(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
  if (mntId !== undefined) writeSync(1, mntId);
});
attempt(() => statSync(path));
if (call === ('opened' satisfies Blocked['call'])) {
  open(constants.O_RDONLY, (fd) => void readSync(fd, Buffer.alloc(4096)));
}
