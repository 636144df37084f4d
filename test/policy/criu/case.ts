import type { Facts, FactValue } from '../../../src/facts.ts';

/** Facts that trigger one refuse rule of criu.yaml, and changes after which they just do not. */
export interface Case {
  readonly rule: string;
  readonly kind: string;
  readonly outcome: Outcome;
  readonly facts: Facts;
  /** Each is laid over `facts`; undefined takes a fact away. */
  readonly but: readonly Readonly<Record<string, FactValue | undefined>>[];
  /** Given in every case. */
  readonly options?: readonly string[];
  /** With these options instead it does not hold either. */
  readonly butOptions?: readonly (readonly string[])[];
}

type Outcome = 'refused' | 'needs-option' | 'unknown' | 'warning';
type More = Partial<Pick<Case, 'options' | 'butOptions'>>;

const of =
  (outcome: Outcome) =>
  (rule: string, kind: string, facts: Facts, but: Case['but'] = [], more: More = {}): Case => ({
    rule,
    kind,
    outcome,
    facts,
    but,
    ...more,
  });

export const refuses = of('refused');
export const needs = of('needs-option');
export const doubts = of('unknown');
export const warns = of('warning');
