/**
 * Numbers as the kernel prints them. Number() and parseInt() take more than the kernel writes ('' is 0, '1x' is 1,
 * a no-break space is blank), so digits are read one by one. Nothing here throws; what is not a number is undefined.
 */

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : 16;
}

function digits(text: string, base: number, start: number, end: number): number | undefined {
  if (start >= end) return undefined;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = digitOf(text.charCodeAt(at));
    if (digit >= base) return undefined;
    value = value * base + digit;
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** `%u`: text[start, end) as a number; undefined when it is not all digits or is above 2^53 - 1. */
export function parseDecimal(text: string, start = 0, end = text.length): number | undefined {
  return digits(text, 10, start, end);
}

/** `%d`: as parseDecimal, a leading `-` allowed. */
export function parseSigned(text: string): number | undefined {
  if (!text.startsWith('-')) return digits(text, 10, 0, text.length);
  const value = digits(text, 10, 1, text.length);
  return value === undefined ? undefined : 0 - value;
}

/** `%x`, no `0x`. */
export function parseHex(text: string, start = 0, end = text.length): number | undefined {
  return digits(text, 16, start, end);
}

/** `%o`. */
export function parseOctal(text: string, start = 0, end = text.length): number | undefined {
  return digits(text, 8, start, end);
}

/** `%llu`: only digits, no more than 64 bits have. For what stays a string (inode, position, ticks). */
export function isDecimal(text: string): boolean {
  if (text.length === 0 || text.length > 20) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** `%lld`. */
export function isSigned(text: string): boolean {
  return isDecimal(text.startsWith('-') ? text.slice(1) : text);
}

/** 1 to 16 hexadecimal digits. */
export function isHex(text: string): boolean {
  if (text.length === 0 || text.length > 16) return false;
  for (let at = 0; at < text.length; at++) if (digitOf(text.charCodeAt(at)) >= 16) return false;
  return true;
}

/** `%llx` as a bigint. Up to 13 digits fit a number, and that way is faster. */
export function hexToBigint(text: string): bigint | undefined {
  if (text.length > 13) return isHex(text) ? BigInt(`0x${text}`) : undefined;
  const value = parseHex(text);
  return value === undefined ? undefined : BigInt(value);
}

/** `%llx` as a decimal string. */
export function hexToDecimal(text: string): string | undefined {
  return (text.length > 13 ? hexToBigint(text) : parseHex(text))?.toString();
}
