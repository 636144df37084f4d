import { readFileSync } from 'node:fs';

export const page = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

/** Rows of the tables below a heading, cells without blanks around; the heads of the tables are left out. */
export function rows(text: string, heading: string): readonly (readonly string[])[] {
  const start = text.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`no heading "${heading}"`);
  const end = text.indexOf('\n## ', start + 4);
  const lines = text.slice(start, end < 0 ? undefined : end).split('\n');
  return lines
    .filter((line, i) => line.startsWith('|') && !/^\|-/.test(line) && !/^\|-/.test(lines[i + 1] ?? ''))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The words in backticks of a text. */
export const code = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word ?? '');
