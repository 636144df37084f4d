import { parseOctal } from './number.ts';

/**
 * Undoes the kernel's mangle_path() and seq_escape() (fs/seq_file.c): `\040` is the byte 0o40. Every escaped set holds the
 * backslash itself, so this is exact where it is used (mountinfo). A backslash without three octal digits stays.
 */
export function decodeOctal(text: string): string {
  let slash = text.indexOf('\\');
  if (slash < 0) return text;
  let out = '';
  let done = 0;
  while (slash >= 0) {
    const code = slash + 4 <= text.length ? parseOctal(text, slash + 1, slash + 4) : undefined;
    if (code !== undefined && code < 256) {
      out += text.slice(done, slash) + String.fromCharCode(code);
      done = slash + 4;
    }
    slash = text.indexOf('\\', Math.max(done, slash + 1));
  }
  return out + text.slice(done);
}
