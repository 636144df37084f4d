import type { Failure } from '../proc.ts';
import { failed } from '../proc.ts';
import { NamespaceLost, type Native } from './native.ts';
import { O_RDONLY_CLOEXEC, type System } from './system.ts';

/** include/uapi/linux/sched.h */
const cloneFlags = { net: 0x40000000, cgroup: 0x02000000 } as const;
/** include/uapi/linux/nsfs.h */
const NS_GET_USERNS = 0xb701;
const NS_GET_OWNER_UID = 0xb704;

export function namespaceCalls(
  system: System,
): Pick<Native, 'namespaceOwner' | 'userNamespaceUid' | 'inCgroupNs'> {
  return {
    inCgroupNs: namespaceEnter(system, 'cgroup'),
    namespaceOwner: (path) => {
      const namespace = system.open(path, O_RDONLY_CLOEXEC);
      if (namespace < 0) return system.failure();
      const owner = relatedInode(system, namespace, NS_GET_USERNS);
      system.close(namespace);
      return owner;
    },
    userNamespaceUid: (path) => {
      const namespace = system.open(path, O_RDONLY_CLOEXEC);
      if (namespace < 0) return system.failure();
      const answer = Buffer.alloc(4);
      const result = system.ioctlAnswer(namespace, NS_GET_OWNER_UID, answer);
      const uid = result < 0 ? system.failure() : answer.readUInt32LE();
      system.close(namespace);
      return uid;
    },
  };
}

/** The inode of the namespace that an ioctl(2) opens. */
export function relatedInode(system: System, fd: number, request: number): string | Failure {
  const related = system.ioctl(fd, request);
  if (related < 0) return system.failure();
  const inode = system.inodeOf(related);
  system.close(related);
  return inode;
}

/** Runs something in the namespace of a file. */
export type InNamespace = <T>(path: string, act: () => T) => T | Failure;

/**
 * setns(2) moves this thread only, nothing else runs on it meanwhile, and it is back before the answer is given.
 */
export function namespaceEnter(system: System, type: keyof typeof cloneFlags): InNamespace {
  let home: string | undefined;
  return (path, act) => {
    const target = system.open(path, O_RDONLY_CLOEXEC);
    if (target < 0) return system.failure();
    const own = system.open(`/proc/thread-self/ns/${type}`, O_RDONLY_CLOEXEC);
    try {
      if (own < 0) return system.failure();
      const [there, here] = [system.inodeOf(target), system.inodeOf(own)];
      if (failed(there)) return there;
      if (failed(here)) return here;
      home ??= here;
      if (here !== home) throw new NamespaceLost(`in ${type}:[${here}], not in ${type}:[${home}]`);
      return there === here ? act() : actIn(system, cloneFlags[type], target, own, act);
    } finally {
      system.close(target);
      if (own >= 0) system.close(own);
    }
  };
}

function actIn<T>(system: System, flag: number, target: number, own: number, act: () => T): T | Failure {
  if (system.call(system.numbers.setns, target, flag) < 0) return system.failure();
  try {
    return act();
  } finally {
    comeBack(system, flag, own);
  }
}

/** It only fails for want of memory, which may pass. */
function comeBack(system: System, flag: number, own: number): void {
  let failure: Failure | undefined;
  for (let attempt = 0; attempt < 10; attempt++) {
    if (system.call(system.numbers.setns, own, flag) === 0) return;
    failure = system.failure();
  }
  throw new NamespaceLost(`setns back to the own namespace: ${failure?.errno}`);
}
