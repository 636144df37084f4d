/** Messages of netlink(7), include/uapi/linux/netlink.h. Pure: bytes in, bytes out. */

export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300;

export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLMSG_OVERRUN = 4;

const HEADER = 16;
const ATTRIBUTE_HEADER = 4;
/** Without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
const NLA_TYPE_MASK = 0x3fff;

const align = (length: number): number => (length + 3) & ~3;

/** struct nlmsghdr, and what follows it. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** A view: it is valid until the buffer is read into again. */
  readonly body: Buffer;
}

export function encodeMessage({ type, flags, sequence, body }: Message): Buffer {
  const message = Buffer.alloc(align(HEADER + body.length));
  message.writeUInt32LE(HEADER + body.length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(flags, 6);
  message.writeUInt32LE(sequence, 8);
  body.copy(message, HEADER);
  return message;
}

/** Undefined where the bytes are no whole messages. */
export function decodeMessages(bytes: Buffer): readonly Message[] | undefined {
  const messages: Message[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < HEADER) return undefined;
    const length = bytes.readUInt32LE(at);
    if (length < HEADER || length > bytes.length - at) return undefined;
    messages.push({
      type: bytes.readUInt16LE(at + 4),
      flags: bytes.readUInt16LE(at + 6),
      sequence: bytes.readUInt32LE(at + 8),
      body: bytes.subarray(at + HEADER, at + length),
    });
    at += align(length);
  }
  return messages;
}

/** struct nlattr. */
export function encodeAttribute(type: number, value: Buffer): Buffer {
  const attribute = Buffer.alloc(align(ATTRIBUTE_HEADER + value.length));
  attribute.writeUInt16LE(ATTRIBUTE_HEADER + value.length, 0);
  attribute.writeUInt16LE(type, 2);
  value.copy(attribute, ATTRIBUTE_HEADER);
  return attribute;
}

/** By type, views too; of one that comes twice the last, as the kernel has it. What is cut off is left out. */
export function decodeAttributes(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  for (let at = 0; bytes.length - at >= ATTRIBUTE_HEADER; ) {
    const length = bytes.readUInt16LE(at);
    if (length < ATTRIBUTE_HEADER || length > bytes.length - at) break;
    const type = bytes.readUInt16LE(at + 2) & NLA_TYPE_MASK;
    attributes.set(type, bytes.subarray(at + ATTRIBUTE_HEADER, at + length));
    at += align(length);
  }
  return attributes;
}

/** The text up to NUL, as an attribute of NLA_NUL_STRING holds it. */
export function decodeText(value: Buffer): string {
  const end = value.indexOf(0);
  return value.toString('latin1', 0, end < 0 ? value.length : end);
}

/** As many whole numbers of 32 bits as there are. */
export const decodeUint32s = (value: Buffer): readonly number[] =>
  Array.from({ length: Math.floor(value.length / 4) }, (_, index) => value.readUInt32LE(index * 4));
