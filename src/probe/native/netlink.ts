import type { Failure } from '../proc.ts';
import type { InNamespace } from './namespace.ts';
import {
  decodeMessages,
  encodeMessage,
  type Message,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_NOOP,
  NLMSG_OVERRUN,
} from './netlink-codec.ts';
import { negativeErrno, type System } from './system.ts';

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 0o2000003;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const MSG_TRUNC = 0x20;
/** As much as the kernel puts into one datagram, and more: netlink_dump() in net/netlink/af_netlink.c. */
const BUFFER_BYTES = 64 * 1024;
const ATTEMPTS = 4;

export interface DumpRequest {
  /** Path of a network namespace. */
  readonly netNs: string;
  /** NETLINK_… */
  readonly protocol: number;
  readonly type: number;
  readonly body: Buffer;
}

/** Everything there is of a type, each decoded when it arrives; `undefined` is left out. */
export type Dump = <Row>(
  request: DumpRequest,
  decode: (body: Buffer) => Row | undefined,
) => readonly Row[] | Failure;

/** One exact question after the other over one socket, if any: the next is asked for when the last was answered. */
export type Query = (
  request: Omit<DumpRequest, 'body'>,
  bodies: Iterable<Buffer>,
  take: (body: Buffer) => void,
) => Failure | undefined;

/** How one attempt ended: whole, not whole (worth another), or failed. */
type End = 'done' | 'again' | Failure;

export function netlinkCalls(
  system: System,
  inNetNs: InNamespace,
): { readonly dump: Dump; readonly query: Query } {
  /** struct timeval: 1 s. */
  const patience = Buffer.alloc(16);
  patience.writeUInt32LE(1, 0);
  /** struct sockaddr_nl: the kernel. Nobody else can answer then. */
  const kernel = Buffer.alloc(12);
  kernel.writeUInt16LE(AF_NETLINK, 0);
  let buffer = Buffer.alloc(BUFFER_BYTES);
  let sequence = 0;

  function open(protocol: number): number | Failure {
    const fd = system.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
    if (fd < 0) return system.failure();
    const result =
      system.setOption(fd, SOL_SOCKET, SO_RCVTIMEO, patience) < 0 ? -1 : system.connect(fd, kernel);
    if (result === 0) return fd;
    const failure = system.failure();
    system.close(fd);
    return failure;
  }

  function send(fd: number, type: number, flags: number, body: Buffer): Failure | undefined {
    sequence = (sequence + 1) >>> 0;
    const message = encodeMessage({ type, flags: NLM_F_REQUEST | flags, sequence, body });
    for (;;) {
      if (system.send(fd, message) >= 0) return undefined;
      const failure = system.failure();
      if (failure.errno !== 'EINTR') return failure;
    }
  }

  function receive(fd: number): readonly Message[] | 'cut' | Failure {
    for (;;) {
      const length = system.receive(fd, buffer, MSG_TRUNC);
      if (length > buffer.length) {
        buffer = Buffer.alloc(length);
        return 'cut';
      }
      if (length >= 0) return decodeMessages(buffer.subarray(0, length)) ?? { errno: 'EBADMSG' };
      const failure = system.failure();
      if (failure.errno === 'EAGAIN') return { errno: 'ETIMEDOUT' };
      if (failure.errno !== 'EINTR') return failure;
    }
  }

  /** Reads answers until the last. */
  function drain(fd: number, take: (message: Message) => void): End {
    let end: End = 'done';
    for (;;) {
      const messages = receive(fd);
      if (messages === 'cut') {
        end = 'again';
        continue;
      }
      if (!Array.isArray(messages)) return messages as Failure;
      for (const message of messages as readonly Message[]) {
        if (message.sequence !== sequence || message.type === NLMSG_NOOP) continue;
        if (message.flags & NLM_F_DUMP_INTR || message.type === NLMSG_OVERRUN) end = 'again';
        if (message.type === NLMSG_DONE || message.type === NLMSG_ERROR) return finish(message, end);
        if (message.type > NLMSG_OVERRUN) take(message);
      }
    }
  }

  function dump<Row>(fd: number, { type, body }: DumpRequest, decode: (body: Buffer) => Row | undefined) {
    // The kernel sizes what it sends by what it has seen received: without this, a first row of more than 4 KiB (a
    // listening socket on which many wait) would end the dump as if it were the last.
    const greeting = send(fd, NLMSG_NOOP, NLM_F_ACK, Buffer.alloc(0));
    const greeted = greeting ?? drain(fd, () => {});
    if (typeof greeted !== 'string') return greeted;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const rows: Row[] = [];
      const end =
        send(fd, type, NLM_F_DUMP, body) ??
        drain(fd, (message) => {
          const row = decode(message.body);
          if (row !== undefined) rows.push(row);
        });
      if (end === 'done') return rows;
      if (end !== 'again') return end;
    }
    return { errno: 'EINTR' };
  }

  /** The answer is one message, or an error: ENOENT says here that there is no such socket. */
  function askOne(fd: number, type: number, body: Buffer, take: (body: Buffer) => void): Failure | undefined {
    const failure = send(fd, type, 0, body);
    if (failure !== undefined) return failure;
    for (;;) {
      const messages = receive(fd);
      if (messages === 'cut') return { errno: 'EMSGSIZE' };
      if (!Array.isArray(messages)) return messages as Failure;
      const answer = (messages as readonly Message[]).find((message) => message.sequence === sequence);
      if (answer === undefined) continue;
      if (answer.type !== NLMSG_ERROR) return void take(answer.body);
      const error = answer.body.length >= 4 ? answer.body.readInt32LE() : 0;
      const refused = negativeErrno(error);
      return refused.errno === 'ENOENT' ? undefined : refused;
    }
  }

  function over<T>(netNs: string, protocol: number, act: (fd: number) => T): T | Failure {
    const fd = inNetNs(netNs, () => open(protocol));
    if (typeof fd !== 'number') return fd;
    try {
      return act(fd);
    } finally {
      system.close(fd);
    }
  }

  return {
    dump: (request, decode) => over(request.netNs, request.protocol, (fd) => dump(fd, request, decode)),
    query: ({ netNs, protocol, type }, bodies, take) => {
      const questions = bodies[Symbol.iterator]();
      const first = questions.next();
      if (first.done === true) return undefined;
      return over(netNs, protocol, (fd) => {
        for (let next: IteratorResult<Buffer> = first; next.done !== true; next = questions.next()) {
          const failure = askOne(fd, type, next.value, take);
          if (failure !== undefined) return failure;
        }
        return undefined;
      });
    },
  };
}

/** Of NLMSG_DONE and struct nlmsgerr: the negative errno comes first. An ACK is an error of 0. */
function finish({ body }: Message, end: End): End {
  const error = body.length >= 4 ? body.readInt32LE() : 0;
  if (error >= 0) return end;
  const failure = negativeErrno(error);
  // here ENOENT says that the kernel has no such module, not that something is gone
  return failure.errno === 'ENOENT' ? { errno: 'EPROTONOSUPPORT' } : failure;
}
