/**
 * As src/server/escape.ts (a test holds the two together): what a process chose as a name may hold characters that
 * cannot be seen or turn the text around. Each is shown as its escape.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\\]/gu;

/** @type {Readonly<Record<string, string>>} */
const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

/** @param {string} text */
export function escapeControl(text) {
  return text.replace(
    unsafe,
    (character) => named[character] ?? escapeCodePoint(character.codePointAt(0) ?? 0),
  );
}

/** @param {number} code */
function escapeCodePoint(code) {
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Of a name that is not UTF-8: `\xff` for each byte that belongs to no character.
 * @param {Uint8Array} bytes
 */
export function escapeBytes(bytes) {
  let shown = '';
  for (let at = 0; at < bytes.length; ) {
    const size = [1, 2, 3, 4].find((length) => decode(bytes, at, length) !== undefined);
    shown +=
      size === undefined ? escapeCodePoint(bytes[at] ?? 0) : escapeControl(decode(bytes, at, size) ?? '');
    at += size ?? 1;
  }
  return shown;
}

/** @param {Uint8Array} bytes @param {number} at @param {number} length */
function decode(bytes, at, length) {
  if (at + length > bytes.length) return undefined;
  try {
    return utf8.decode(bytes.subarray(at, at + length));
  } catch {
    return undefined;
  }
}

/**
 * The path of a file as it may be shown.
 * @param {{ readonly path: string, readonly pathBase64?: string }} file
 */
export function shownPath({ path, pathBase64 }) {
  if (pathBase64 === undefined) return escapeControl(path);
  return escapeBytes(Uint8Array.from(atob(pathBase64), (character) => character.charCodeAt(0)));
}
