import { createRequire } from 'node:module';
import { diagCalls } from './diag.ts';
import { handleCalls } from './handle.ts';
import { kcmpCalls } from './kcmp.ts';
import { linkCalls } from './links.ts';
import { namespaceCalls, namespaceEnter } from './namespace.ts';
import type { Native } from './native.ts';
import { netlinkCalls } from './netlink.ts';
import { nativeProc } from './proc.ts';
import { socketCalls } from './sockets.ts';
import { statCalls } from './stat.ts';
import { bindSystem, type Koffi, type System } from './system.ts';
import { type FileIterators, openFileIterators } from './task-file/index.ts';

/**
 * The system calls node:fs lacks, through the optional `koffi` (prebuilt, no compiler). Undefined with the reason
 * where it cannot be had: then what depends on it is `unknown`.
 */
export function loadNative(load: (name: string) => unknown = require): {
  readonly native?: Native;
  readonly missing?: string;
} {
  try {
    return { native: bind(loadSystem(load)) };
  } catch (error) {
    return { missing: (error as Error).message.split('\n')[0] ?? 'koffi cannot be loaded' };
  }
}

/** libc alone. Throws where it cannot be had. */
export const loadSystem = (load: (name: string) => unknown = require): System =>
  bindSystem(load('koffi') as Koffi);

const require = createRequire(import.meta.url);

function bind(system: System): Native {
  let iterators: FileIterators | undefined;
  const sockets = socketCalls(system);
  const netlink = netlinkCalls(system, namespaceEnter(system, 'net'));
  return {
    proc: (fallback, ahead) => nativeProc(system, fallback, ahead, () => iterators?.files),
    iterateFiles: (fallback) => {
      if (iterators !== undefined) return undefined;
      const opened = openFileIterators(system, nativeProc(system, fallback), sockets, process.pid);
      if ('missing' in opened) return opened.missing;
      iterators = opened;
      return undefined;
    },
    eventpollFds: () => iterators?.eventpolls(),
    ...sockets,
    ...statCalls(system),
    ...kcmpCalls(system),
    ...diagCalls(netlink),
    ...linkCalls(netlink.dump),
    ...handleCalls(system),
    ...namespaceCalls(system),
  };
}
