/** Numbers of what libc may not wrap: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h. */
const numbers = {
  x64: {
    getdents64: 217,
    openByHandleAt: 304,
    setns: 308,
    kcmp: 312,
    bpf: 321,
    pidfdOpen: 434,
    pidfdGetfd: 438,
  },
  arm64: {
    getdents64: 61,
    openByHandleAt: 265,
    setns: 268,
    kcmp: 272,
    bpf: 280,
    pidfdOpen: 434,
    pidfdGetfd: 438,
  },
} as const;

export type SyscallNumbers = Readonly<Record<keyof (typeof numbers)['x64'], number>>;

/** Undefined on a machine this module does not know, such as a big-endian one. */
export const syscallNumbers = (arch: string): SyscallNumbers | undefined =>
  arch === 'x64' || arch === 'arm64' ? numbers[arch] : undefined;
