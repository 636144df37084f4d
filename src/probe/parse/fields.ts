/**
 * Cutting a line. Blank means space or tab and nothing else: trim() and \s also take \xa0, which in a latin1 text is
 * half of a UTF-8 letter (`à` is C3 A0).
 */

/**
 * The first `count` fields of a line, split by runs of spaces, and after them what follows, untouched (it begins with
 * its separator, or is ''). Undefined when there are fewer.
 */
export function splitFields(line: string, count: number): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  while (fields.length < count) {
    while (line.charCodeAt(at) === 32) at++;
    if (at >= line.length) return undefined;
    let end = line.indexOf(' ', at);
    if (end < 0) end = line.length;
    fields.push(line.slice(at, end));
    at = end;
  }
  fields.push(line.slice(at));
  return fields;
}

/** Where the blanks that begin at `at` end. */
export function skipBlanks(text: string, at = 0): number {
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
  return at;
}

/** Without the blanks on both sides. */
export function trimBlanks(text: string): string {
  const start = skipBlanks(text);
  let end = text.length;
  while (end > start && (text.charCodeAt(end - 1) === 32 || text.charCodeAt(end - 1) === 9)) end--;
  return text.slice(start, end);
}

/** The value of `name:` in `a:1 b:2 c:3`, where names follow the line's start or a space; undefined when absent. */
export function labelled(line: string, name: string): string | undefined {
  const at = line.startsWith(name) ? 0 : line.indexOf(` ${name}`) + 1;
  if (at === 0 && !line.startsWith(name)) return undefined;
  const start = at + name.length;
  const end = line.indexOf(' ', start);
  return end < 0 ? line.slice(start) : line.slice(start, end);
}
