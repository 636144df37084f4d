/** Columns that line up on a terminal: padded by display width, two spaces between, nothing cut, no trailing space. */
export const alignRows = (rows: readonly (readonly string[])[]): string[] =>
  [...alignedLines(rows)].filter(isLine);

/** The same line by line, with a `pause` for each row that is only measured. */
export function* alignedLines(rows: Iterable<readonly string[]>): Iterable<Line> {
  const widths: number[] = [];
  const measured: (readonly string[])[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
    });
    measured.push(row);
    yield pause;
  }
  const pad = (cell: string, column: number) => ' '.repeat((widths[column] ?? 0) - displayWidth(cell));
  for (const row of measured) {
    const last = row.findLastIndex((cell) => cell !== '');
    yield row
      .slice(0, last + 1)
      .map((cell, column) => (column === last ? cell : cell + pad(cell, column)))
      .join('  ');
  }
}

/** No line, but a moment at which something else may be done. */
export const pause = undefined;
export type Line = string | typeof pause;
export const isLine = (line: Line): line is string => line !== pause;

const ascii = /^[\x20-\x7e]*$/;
const zero = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** Terminal cells: East Asian wide and emoji take two, combining marks none (Unicode UAX 11, as wcwidth has it). */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (!zero.test(character)) width += wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
  }
  return width;
}

const wide = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
] as const;
