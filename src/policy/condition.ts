import type { Facts, FactValue } from '../facts.ts';
import type { GivenOptions } from './options.ts';
import type { Condition, Scalar, Test } from './policy.ts';

/** Three answers, never two: a fact that was not read makes the condition `undefined`. */
export type Truth = boolean | undefined;
export type Predicate = (facts: Facts) => Truth;

/** Turns a condition into a function once, so that judging a file costs only the look-ups. */
export function compileCondition(condition: Condition, options: GivenOptions): Predicate {
  if ('all' in condition) return every(condition.all.map((part) => compileCondition(part, options)));
  if ('any' in condition) return some(condition.any.map((part) => compileCondition(part, options)));
  if ('none' in condition) {
    const any = some(condition.none.map((part) => compileCondition(part, options)));
    if (any === never) return always;
    return any === always ? never : (facts) => negate(any(facts));
  }
  const { fact, test } = condition;
  if (fact.startsWith('option.')) {
    return compileTest(test, options)(options.values.has(fact.slice('option.'.length))) ? always : never;
  }
  const [wanted, ...more] = test.op === 'in' ? test.values : [];
  if (wanted !== undefined && more.length === 0) return equals(fact, wanted);
  const holds = compileTest(test, options);
  return (facts) => holds(facts[fact]);
}

/** What the options alone decide. */
export const never: Predicate = () => false;
const always: Predicate = () => true;

/** The test of most rules, as `in` of one value. */
const equals =
  (fact: string, wanted: Scalar): Predicate =>
  (facts) => {
    const value = facts[fact];
    if (value === wanted) return true;
    if (value === null) return undefined;
    return typeof value === 'object' && value.some((item) => item === wanted);
  };

/** Names of the facts (not options) a condition looks at. */
export function factsOf(condition: Condition): readonly string[] {
  if ('all' in condition) return condition.all.flatMap(factsOf);
  if ('any' in condition) return condition.any.flatMap(factsOf);
  if ('none' in condition) return condition.none.flatMap(factsOf);
  return condition.fact.startsWith('option.') ? [] : [condition.fact];
}

type ValueTest = (value: FactValue | undefined) => Truth;

function compileTest(test: Test, options: GivenOptions): ValueTest {
  switch (test.op) {
    case 'present':
      return (value) => (value === null ? undefined : (value !== undefined) === test.value);
    case 'not': {
      const inner = compileTest(test.test, options);
      return (value) => negate(inner(value));
    }
    case 'in': {
      const wanted = new Set<Scalar>(test.values);
      return read((value) =>
        typeof value === 'object' ? value.some((item) => wanted.has(item)) : wanted.has(value),
      );
    }
    case 'given': {
      const values = options.values.get(test.option) ?? [];
      return read((value) => values.includes(String(value)));
    }
    case 'prefix':
      return read((value) => typeof value === 'string' && value.startsWith(test.value));
    case 'suffix':
      return read((value) => typeof value === 'string' && value.endsWith(test.value));
    default:
      return compare(test.op, operand(test.value, options));
  }
}

function operand(value: number | { readonly option: string; readonly else: number }, options: GivenOptions) {
  return typeof value === 'number' ? value : (options.sizes.get(value.option) ?? value.else);
}

function compare(op: 'gt' | 'gte' | 'lt' | 'lte', limit: number): ValueTest {
  return read((value) => {
    if (typeof value !== 'number') return false;
    if (op === 'gt') return value > limit;
    if (op === 'gte') return value >= limit;
    return op === 'lt' ? value < limit : value <= limit;
  });
}

/** `null` (not read) is unknown; no entry (does not apply) is false. */
function read(test: (value: Exclude<FactValue, null>) => boolean): ValueTest {
  return (value) => (value === null ? undefined : value === undefined ? false : test(value));
}

const negate = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

function every(all: readonly Predicate[]): Predicate {
  const parts = all.filter((part) => part !== always);
  const [first = always, ...more] = parts;
  if (parts.includes(never)) return never;
  if (more.length === 0) return first;
  return (facts) => {
    let answer: Truth = true;
    for (const part of parts) {
      const truth = part(facts);
      if (truth === false) return false;
      if (truth === undefined) answer = undefined;
    }
    return answer;
  };
}

function some(any: readonly Predicate[]): Predicate {
  const parts = any.filter((part) => part !== never);
  const [first = never, ...more] = parts;
  if (parts.includes(always)) return always;
  if (more.length === 0) return first;
  return (facts) => {
    let answer: Truth = false;
    for (const part of parts) {
      const truth = part(facts);
      if (truth === true) return true;
      if (truth === undefined) answer = undefined;
    }
    return answer;
  };
}
