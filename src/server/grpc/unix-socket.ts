import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';

/** Owner and group may ask; what is answered is sensitive. */
const mode = 0o660;

/** Binds a unix socket, replacing one that a killed agent left behind: nobody answers on it. */
export async function bindUnix(path: string, bind: () => Promise<void>): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined) {
    if (!found.isSocket()) throw new Error(`${path} is there and is no socket: expected a free path`);
    if (await answers(path)) throw new Error(`${path} is in use: another agent answers on it`);
    unlinkSync(path);
  }
  // from its first moment: chmod alone would come after a window
  const before = process.umask(0o777 & ~mode);
  try {
    await bind();
    chmodSync(path, mode);
  } finally {
    process.umask(before);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => end(true));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
