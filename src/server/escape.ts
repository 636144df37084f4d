/**
 * What a process chose (paths, comm) may hold escape sequences that drive a terminal, newlines that forge rows, and
 * characters that cannot be seen or turn the text around. Each is shown as its escape, and the backslash doubled, so
 * that two different names never look alike for it.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\\]/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

export function escapeControl(text: string): string {
  return text.replace(
    unsafe,
    (character) => named[character] ?? escapeCodePoint(character.codePointAt(0) ?? 0),
  );
}

function escapeCodePoint(code: number): string {
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** As `escapeControl`, for a name that is not UTF-8: `\xff` for each byte that belongs to no character. */
export function escapeBytes(bytes: Uint8Array): string {
  let shown = '';
  for (let at = 0; at < bytes.length; ) {
    const size = [1, 2, 3, 4].find((length) => decode(bytes, at, length) !== undefined);
    shown +=
      size === undefined ? escapeCodePoint(bytes[at] ?? 0) : escapeControl(decode(bytes, at, size) ?? '');
    at += size ?? 1;
  }
  return shown;
}

function decode(bytes: Uint8Array, at: number, length: number): string | undefined {
  if (at + length > bytes.length) return undefined;
  try {
    return utf8.decode(bytes.subarray(at, at + length));
  } catch {
    return undefined;
  }
}
