import type { Draft } from '../draft.ts';

/** First value of an fdinfo key that the kind knows; undefined where the kernel prints none. */
export function fdinfoText({ fdinfo }: Draft, key: string): string | undefined {
  return fdinfo?.extra.get(key)?.[0]?.trim();
}

export function fdinfoNumber(draft: Draft, key: string, radix = 10): number | undefined {
  const text = fdinfoText(draft, key);
  const value = text === undefined ? Number.NaN : Number.parseInt(text, radix);
  return Number.isNaN(value) ? undefined : value;
}
