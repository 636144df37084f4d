const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Bytes (a `latin1` string) as text. What is not UTF-8 shows as U+FFFD and comes with all its bytes in base64, so
 * that nothing is lost on the wire.
 */
export function decodeBytes(bytes: string): { readonly text: string; readonly base64?: string } {
  if (isAscii(bytes)) return { text: bytes };
  const buffer = Buffer.from(bytes, 'latin1');
  try {
    return { text: utf8.decode(buffer) };
  } catch {
    return { text: lenient.decode(buffer), base64: buffer.toString('base64') };
  }
}

function isAscii(bytes: string): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes.charCodeAt(i) > 127) return false;
  return true;
}
