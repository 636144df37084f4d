import { skipBlanks } from './fields.ts';

export interface Table<Row> {
  readonly rows: readonly Row[];
  /** Lines that were not understood, and a last line without its newline: the read was cut, and with it perhaps a number. */
  readonly bad: number;
}

/** A row a line. `titles`: what the first line begins with when it is not a row, '' when the file has no titles. */
export function parseTable<Row>(
  text: string,
  titles: string,
  parseRow: (line: string) => Row | undefined,
): Table<Row> {
  const rows: Row[] = [];
  const lines = text.split('\n');
  let bad = lines.pop() === '' ? 0 : 1;
  for (let at = hasTitles(lines[0], titles) ? 1 : 0; at < lines.length; at++) {
    const row = parseRow(lines[at] ?? '');
    if (row === undefined) bad++;
    else rows.push(row);
  }
  return { rows, bad };
}

export function hasTitles(line: string | undefined, titles: string): boolean {
  return titles !== '' && line !== undefined && line.startsWith(titles, skipBlanks(line));
}
