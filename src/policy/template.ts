import type { FactValue } from '../facts.ts';

/** Names between braces, in order: `{major}:{minor}` → major, minor. */
export function placeholders(template: string): readonly string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
}

/** Fills `{name}` from the values; what was not read or does not apply shows as `?`. */
export function fill(template: string, values: (name: string) => FactValue | undefined): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values(name);
    return value === null || value === undefined
      ? '?'
      : Array.isArray(value)
        ? value.join(', ')
        : String(value);
  });
}
