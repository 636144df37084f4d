import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { Failure } from '../proc.ts';
import { type SyscallNumbers, syscallNumbers } from './syscalls.ts';

type Call = (...args: readonly unknown[]) => number;

/** What is used of the npm package `koffi`. */
export interface Koffi {
  load(name: string | null): { func(name: string, result: string, parameters: readonly string[]): Call };
  errno(): number;
}

/** libc: each call returns what it returns in C, -1 for an error, which `failure` then names. */
export interface System {
  readonly numbers: SyscallNumbers;
  /** A system call of numbers only. */
  call(number: number, a: number, b: number, c?: number, d?: number, e?: number): number;
  /** One whose last two are a pointer and a number. */
  callPointer(number: number, a: number, b: number, c: number, d: number, pointer: Buffer): number;
  openByHandleAt(mount: number, handle: Buffer, flags: number): number;
  /** bpf(2): `attributes` is a union bpf_attr. */
  bpf(command: number, attributes: Buffer): number;
  /** Where a buffer is, for a structure that points to it; good as long as the buffer is. */
  addressOf(buffer: Buffer): number;
  open(path: string, flags: number): number;
  /** openat(2), readlinkat(2), statx(2): a name in an open folder. */
  openAt(folder: number, name: string, flags: number): number;
  readLinkAt(folder: number, name: string): string | Failure;
  statxAt(folder: number, name: string, flags: number, mask: number, buffer: Buffer): number;
  /** What poll(2) tells when it is asked for POLLIN, without waiting: 0 nothing, POLLERR where it could not be asked. */
  poll(fd: number): number;
  /** fcntl(2) F_GETFL of a descriptor of our own. */
  flags(fd: number): number;
  close(fd: number): void;
  read(fd: number, buffer: Buffer): number;
  /** getdents64(2) */
  listDirectory(fd: number, buffer: Buffer): number;
  /** ioctl(2) whose argument is not used. */
  ioctl(fd: number, request: number): number;
  /** One whose answer is written to memory. */
  ioctlAnswer(fd: number, request: number, answer: Buffer): number;
  /** Bytes as `latin1`. */
  readLink(path: string): string | Failure;
  getxattr(path: string, name: Buffer, value: Buffer): number;
  /** Of a descriptor of our own. */
  fgetxattr(fd: number, name: Buffer, value: Buffer): number;
  statx(path: string, flags: number, mask: number, buffer: Buffer): number;
  /** As a number's text; of the file a descriptor is open on. */
  inodeOf(fd: number): string | Failure;
  createEventpoll(): number;
  /** Adds an entry to an eventpoll, of some events and data. */
  watch(eventpoll: number, fd: number): number;
  socket(domain: number, type: number, protocol: number): number;
  connect(fd: number, address: Buffer): number;
  send(fd: number, message: Buffer): number;
  receive(fd: number, buffer: Buffer, flags: number): number;
  setOption(fd: number, level: number, name: number, value: Buffer): number;
  /** `length` holds the size of `value` before, of the answer after. */
  getOption(fd: number, level: number, name: number, value: Buffer, length: Buffer): number;
  /** getsockname(2), getpeername(2); the buffer is good until the next call. */
  socketName(fd: number, whose: 'own' | 'peer'): Buffer | Failure;
  /** The errno of the call just done. */
  failure(): Failure;
}

export const O_RDONLY_CLOEXEC = 0o2000000;
export const O_PATH_CLOEXEC = 0o12000000;

const F_GETFL = 3;
const POLLIN = 1;
const POLLERR = 8;
const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
/** struct epoll_event, which is packed on x86. */
const EPOLL_EVENT_BYTES = 16;
const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const AT_STATX_DONT_SYNC = 0x4000;
const STATX_INO = 0x100;
const PATH_MAX = 4096;

/** Throws where libc or this machine is not known. */
export function bindSystem(koffi: Koffi): System {
  const numbers = syscallNumbers(process.arch);
  if (numbers === undefined) throw new Error(`no system call numbers for ${process.arch}`);
  const libc = koffi.load(null); // the one node itself uses: glibc or musl
  // syscall(2) and ioctl(2) are variadic; on these two machines numbers and pointers are passed no differently
  const number = 'int64_t';
  const call = libc.func('syscall', 'int', Array(6).fill(number));
  const callPointer = libc.func('syscall', 'int', [...Array(5).fill(number), 'void *']);
  const open = libc.func('open', 'int', ['void *', 'int', 'int']);
  const openat = libc.func('openat', 'int', ['int', 'void *', 'int', 'int']);
  const poll = libc.func('poll', 'int', ['void *', 'uint64_t', 'int']);
  const fcntl = libc.func('fcntl', 'int', ['int', 'int', number]);
  const close = libc.func('close', 'int', ['int']);
  const read = libc.func('read', number, ['int', 'void *', 'size_t']);
  const callBuffer = libc.func('syscall', 'int', [number, number, 'void *', number]);
  const memmove = libc.func('memmove', number, ['void *', 'void *', 'size_t']);
  const ioctl = libc.func('ioctl', 'int', ['int', 'uint64_t', number]);
  const ioctlPointer = libc.func('ioctl', 'int', ['int', 'uint64_t', 'void *']);
  const readlinkat = libc.func('readlinkat', number, ['int', 'void *', 'void *', 'size_t']);
  const getxattr = libc.func('getxattr', number, ['void *', 'void *', 'void *', 'size_t']);
  const fgetxattr = libc.func('fgetxattr', number, ['int', 'void *', 'void *', 'size_t']);
  const statx = libc.func('statx', 'int', ['int', 'void *', 'int', 'uint32_t', 'void *']);
  const createEventpoll = libc.func('epoll_create1', 'int', ['int']);
  const watch = libc.func('epoll_ctl', 'int', ['int', 'int', 'int', 'void *']);
  const socket = libc.func('socket', 'int', ['int', 'int', 'int']);
  const connect = libc.func('connect', 'int', ['int', 'void *', 'uint32_t']);
  const send = libc.func('send', number, ['int', 'void *', 'size_t', 'int']);
  const receive = libc.func('recv', number, ['int', 'void *', 'size_t', 'int']);
  const setOption = libc.func('setsockopt', 'int', ['int', 'int', 'int', 'void *', 'uint32_t']);
  const getsockname = libc.func('getsockname', 'int', ['int', 'void *', 'void *']);
  const getpeername = libc.func('getpeername', 'int', ['int', 'void *', 'void *']);
  const nameBuffer = Buffer.alloc(128);
  const nameLength = Buffer.alloc(4);
  const getOption = libc.func('getsockopt', 'int', ['int', 'int', 'int', 'void *', 'void *']);
  const path = pathBuffer();
  const statBuffer = Buffer.alloc(256);
  const linkBuffer = Buffer.alloc(PATH_MAX);
  const pollBuffer = Buffer.alloc(8);
  const failure = () => ({ errno: errnoName(koffi.errno()) });
  const readLinkAt = (folder: number, name: string): string | Failure => {
    const length = readlinkat(folder, path(name), linkBuffer, linkBuffer.length);
    return length < 0 ? failure() : linkBuffer.toString('latin1', 0, length);
  };
  return {
    numbers,
    call: (nr, a, b, c = 0, d = 0, e = 0) => call(nr, a, b, c, d, e),
    callPointer: (nr, a, b, c, d, pointer) => callPointer(nr, a, b, c, d, pointer),
    openByHandleAt: (mount, handle, flags) => callBuffer(numbers.openByHandleAt, mount, handle, flags),
    bpf: (command, attributes) => callBuffer(numbers.bpf, command, attributes, attributes.length),
    addressOf: (buffer) => Number(memmove(buffer, buffer, 0)), // it answers with its first argument
    open: (name, flags) => open(path(name), flags, 0),
    close: (fd) => void close(fd),
    read: (fd, buffer) => read(fd, buffer, buffer.length),
    listDirectory: (fd, buffer) => callBuffer(numbers.getdents64, fd, buffer, buffer.length),
    ioctl: (fd, request) => ioctl(fd, request, 0),
    ioctlAnswer: (fd, request, answer) => ioctlPointer(fd, request, answer),
    openAt: (folder, name, flags) => openat(folder, path(name), flags, 0),
    readLink: (name) => readLinkAt(AT_FDCWD, name),
    readLinkAt,
    poll: (fd) => {
      pollBuffer.writeInt32LE(fd, 0);
      pollBuffer.writeInt32LE(POLLIN, 4); // struct pollfd: fd, events, revents
      const ready = poll(pollBuffer, 1, 0);
      if (ready > 0) return pollBuffer.readInt16LE(6);
      return ready === 0 ? 0 : POLLERR;
    },
    flags: (fd) => fcntl(fd, F_GETFL, 0),
    getxattr: (name, attribute, value) => getxattr(path(name), attribute, value, value.length),
    fgetxattr: (fd, attribute, value) => fgetxattr(fd, attribute, value, value.length),
    statx: (name, flags, mask, buffer) => statx(AT_FDCWD, path(name), flags, mask, buffer),
    statxAt: (folder, name, flags, mask, buffer) => statx(folder, path(name), flags, mask, buffer),
    inodeOf: (fd) => {
      const result = statx(fd, path(''), AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO, statBuffer);
      return result < 0 ? failure() : statBuffer.readBigUInt64LE(32).toString(); // stx_ino
    },
    createEventpoll: () => createEventpoll(EPOLL_CLOEXEC),
    watch: (eventpoll, fd) => watch(eventpoll, EPOLL_CTL_ADD, fd, Buffer.alloc(EPOLL_EVENT_BYTES, 1)),
    socket: (domain, type, protocol) => socket(domain, type, protocol),
    connect: (fd, address) => connect(fd, address, address.length),
    send: (fd, message) => send(fd, message, message.length, 0),
    receive: (fd, buffer, flags) => receive(fd, buffer, buffer.length, flags),
    socketName: (fd, whose) => {
      nameLength.writeUInt32LE(nameBuffer.length);
      const result = (whose === 'own' ? getsockname : getpeername)(fd, nameBuffer, nameLength);
      return result < 0 ? failure() : nameBuffer.subarray(0, nameLength.readUInt32LE());
    },
    setOption: (fd, level, name, value) => setOption(fd, level, name, value, value.length),
    getOption: (fd, level, name, value, length) => getOption(fd, level, name, value, length),
    failure,
  };
}

/** A path is bytes, not text; one too long for the kernel is left too long. */
function pathBuffer(): (path: string) => Buffer {
  const buffer = Buffer.alloc(PATH_MAX + 1);
  return (path) => {
    const length = buffer.write(path, 0, PATH_MAX, 'latin1');
    buffer[length] = 0;
    return buffer;
  };
}

/** As node:fs names them. */
const errnoNames = new Map([
  ...Object.entries(constants.errno).map(([name, number]) => [number, name] as const),
  ...[...getSystemErrorMap()].map(([number, [name]]) => [-number, name] as const),
]);

const errnoName = (errno: number): string => errnoNames.get(errno) ?? `errno ${errno}`;

/** A negative errno, as the kernel writes it in an answer. */
export const negativeErrno = (value: number): Failure => ({ errno: errnoName(-value) });
