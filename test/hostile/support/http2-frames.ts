/** Frames of HTTP/2 by hand, RFC 9113, to make wrong ones. */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export const types = {
  data: 0,
  headers: 1,
  rst: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
};
const endStream = 1;
const endHeaders = 4;

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array,
  length = payload.length,
) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export const settings = frame(types.settings, 0, 0, Buffer.alloc(0));
/** What a client says first. */
export const hello = Buffer.concat([preface, settings]);

const word = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  // HPACK, RFC 7541, 5.1: a length of 127 and more has more bytes than one
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const rest: number[] = [];
  let left = bytes.length - 127;
  for (; left >= 128; left = Math.floor(left / 128)) rest.push((left % 128) + 128);
  return Buffer.concat([Buffer.from([127, ...rest, left]), bytes]);
};

/** Literal fields, none indexed. */
export const fields = (list: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat(Object.entries(list).flatMap(([name, value]) => [Buffer.from([0]), word(name), word(value)]));

const grpcFields = {
  ':method': 'POST',
  ':scheme': 'http',
  ':path': '/checkpointable.v1.Readiness/Check',
  ':authority': 'localhost',
  'content-type': 'application/grpc',
  te: 'trailers',
};

export const headers = (stream: number, more: Readonly<Record<string, string>> = {}, flags = endHeaders) =>
  frame(types.headers, flags, stream, fields({ ...grpcFields, ...more }));

/** One message as gRPC puts it into DATA; `length` says another one than it has. */
export function message(stream: number, bytes: Uint8Array, { compressed = 0, length = bytes.length } = {}) {
  const head = Buffer.alloc(5);
  head[0] = compressed;
  head.writeUInt32BE(length, 1);
  return frame(types.data, endStream, stream, Buffer.concat([head, bytes]));
}
