import fc from 'fast-check';

/** What the rows of procfs are made of, and how the kernel prints it; the formats are cited beside each parser. */

/** A character a byte, as texts are read. */
export const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
/** Bytes of a name without those that stand for something where it is printed. */
export const bytes = (without: RegExp, maxLength = 12): fc.Arbitrary<string> =>
  fc.array(byte, { maxLength }).map((all) => all.join('').replaceAll(without, '_'));
export const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,11}$/);
export const uint = (bits: number): fc.Arbitrary<number> => fc.nat(2 ** bits - 1);
export const u32 = fc.oneof(fc.nat(20), fc.integer({ min: 0, max: 0xffffffff }));
/** `%llu`, which stays a string. */
export const u64 = fc
  .oneof(fc.bigInt({ min: 0n, max: 20n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
  .map(String);
export const s64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
/** Major and minor as dev_t of the kernel holds them. */
export const device = fc.record({ major: uint(12), minor: uint(20) });
export const deviceName = device.map(({ major, minor }) => `${major}:${minor}`);

export const hex = (value: number | bigint | string, width = 0): string =>
  BigInt(value).toString(16).padStart(width, '0');
export const sdev = ({ major, minor }: { major: number; minor: number }): string =>
  hex((BigInt(major) << 20n) | BigInt(minor));
/** `%02x:%02x` of `254:0`. */
export const hexDevice = (name: string): string =>
  name
    .split(':')
    .map((part) => hex(part, 2))
    .join(':');
/** mangle_path() and seq_escape() of fs/seq_file.c. */
export const mangled = (text: string, escaped = ' \t\n\\'): string =>
  [...text]
    .map((one) => (escaped.includes(one) ? `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}` : one))
    .join('');

const addressBytes = (length: number) =>
  fc.array(fc.oneof(fc.constant(0), fc.nat(255)), { minLength: length, maxLength: length });
/** Little-endian words of an address that lies in memory in network order, and the text people write. */
export const endpoint = fc
  .record({ octets: fc.oneof(addressBytes(4), addressBytes(16), mappedBytes()), port: uint(16) })
  .map(({ octets, port }) => ({
    printed: `${wordsOf(octets)}:${hex(port, 4).toUpperCase()}`,
    text: octets.length === 4 ? `${octets.join('.')}:${port}` : `[${ipv6Text(octets)}]:${port}`,
  }));

function mappedBytes() {
  return addressBytes(4).map((last) => [...Array<number>(10).fill(0), 255, 255, ...last]);
}

function wordsOf(octets: readonly number[]): string {
  const words: string[] = [];
  for (let at = 0; at < octets.length; at += 4) {
    const word = octets.slice(at, at + 4).reverse();
    words.push(word.map((octet) => hex(octet, 2)).join(''));
  }
  return words.join('').toUpperCase();
}

/** By somebody else's code: the WHATWG serializer shortens as RFC 5952 does, but writes mapped addresses in hexadecimal. */
function ipv6Text(octets: readonly number[]): string {
  const groups = Array.from(
    { length: 8 },
    (_, i) => hex(octets[2 * i] ?? 0) + hex(octets[2 * i + 1] ?? 0, 2),
  );
  const mapped =
    octets.slice(0, 10).every((octet) => octet === 0) && octets[10] === 255 && octets[11] === 255;
  if (mapped) return `::ffff:${octets.slice(12).join('.')}`;
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
