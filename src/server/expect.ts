import { AgentError } from './errors.ts';
import type { NameForm } from './name-forms.ts';

/** The value, where it is of this form. */
export function named(name: string, value: string | undefined, { pattern, expected }: NameForm): string {
  if (value !== undefined && new RegExp(pattern, 'u').test(value)) return value;
  throw invalid(name, expected, shown(value));
}

export function integer(name: string, value: number | undefined, min: number, max: number): number {
  if (value !== undefined && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(name, `an integer from ${min} to ${max}`, String(value ?? 'none'));
}

/** One of a closed set; what was not said has its default. */
export function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  known: readonly T[],
  otherwise: T,
): T {
  if (value === undefined || value === '') return otherwise;
  const found = known.find((one) => one === value);
  if (found === undefined) throw invalid(name, known.map((one) => `"${one}"`).join(' or '), shown(value));
  return found;
}

export const invalid = (name: string, expected: string, got: string): AgentError =>
  new AgentError('InvalidArgument', `${name}: expected ${expected}, got ${got}`);

const shown = (value: string | undefined): string => {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};
