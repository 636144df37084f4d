import type { FactValue } from '../facts.ts';

/** Looks a name up; undefined: it does not apply, null: it was not read. */
export type Values = (name: string) => FactValue | undefined;
export type Template = (values: Values) => string;

const placeholder = /\{(\w+)\}/;

/** Names between braces, in order: `{major}:{minor}` → major, minor. */
export const placeholders = (template: string): readonly string[] =>
  template.split(placeholder).filter((_, at) => at % 2 === 1);

/** Takes a template apart once; it fills `{name}`, and what was not read or does not apply shows as `?`. */
export function compileTemplate(template: string): Template {
  const [first = '', ...rest] = template.split(placeholder);
  if (rest.length === 0) return () => first;
  return (values) => {
    let text = first;
    // a name, and the text behind it
    for (let at = 0; at < rest.length; at += 2) text += shown(values(rest[at] ?? '')) + rest[at + 1];
    return text;
  };
}

/** For a template that is filled once. */
export const fill = (template: string, values: Values): string => compileTemplate(template)(values);

function shown(value: FactValue | undefined): string {
  if (value === null || value === undefined) return '?';
  return Array.isArray(value) ? value.join(', ') : String(value);
}
