import type { Facts } from '../facts.ts';
import { compileCondition } from './condition.ts';
import type { GivenOptions } from './options.ts';
import type { Condition, Scalar, Test } from './policy.ts';

/** Those whose condition is not surely false, in their order. */
export type Sieve<One> = (facts: Facts) => readonly One[];

export interface Conditioned {
  readonly rule: { readonly when: Condition };
}

/** Code is made where it is asked for so often: for a few files it takes longer than it saves. */
const leastAsked = 100;

/**
 * Leaves out what `compileCondition` calls false, and nothing else. What is asked of many files becomes code of its own:
 * in a function for one kind, whose files have the same facts, a look at a fact takes a nanosecond, in one for all ten.
 */
export function createSieve<One extends Conditioned>(all: readonly One[], options: GivenOptions): Sieve<One> {
  let asked = 0;
  let compiled: Sieve<One> | undefined;
  return (facts) => {
    if (compiled !== undefined) return compiled(facts);
    asked += 1;
    if (asked === leastAsked) compiled = compileSieve(all, options);
    return all;
  };
}

/** Undefined where no code may be made (node --disallow-code-generation-from-strings). */
export function compileSieve<One extends Conditioned>(
  all: readonly One[],
  options: GivenOptions,
): Sieve<One> | undefined {
  const variables = new Map<string, string>();
  const tests = all.map(({ rule }) => wordsOf(rule.when, true, { options, variables }));
  const code = [
    ...[...variables].map(([fact, name]) => `const ${name} = facts[${JSON.stringify(fact)}];`),
    'let found;',
    ...tests.map((test, place) => `if (${test}) (found ??= []).push(all[${place}]);`),
    'return found ?? none;',
  ];
  try {
    const make = new Function('all', 'none', `return (facts) => {\n${code.join('\n')}\n}`);
    return make(all, []) as Sieve<One>;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

interface Place {
  readonly options: GivenOptions;
  /** Fact → the variable that has it. */
  readonly variables: Map<string, string>;
}

/** What came from a policy is in it as JSON or a number, and nothing else. What was not read (`null`) counts as `unread`. */
function wordsOf(condition: Condition, unread: boolean, place: Place): string {
  const all = (parts: readonly Condition[], counts: boolean) =>
    parts.map((part) => wordsOf(part, counts, place));
  if ('all' in condition) return `(${['true', ...all(condition.all, unread)].join(' && ')})`;
  if ('any' in condition) return `(${['false', ...all(condition.any, unread)].join(' || ')})`;
  if ('none' in condition) return `!(${['false', ...all(condition.none, !unread)].join(' || ')})`;
  const { fact, test } = condition;
  const { options, variables } = place;
  if (fact.startsWith('option.')) return String(compileCondition(condition, options)({}));
  const name = variables.get(fact) ?? `fact${variables.size}`;
  variables.set(fact, name);
  return testWords(test, name, unread, options);
}

function testWords(test: Test, name: string, unread: boolean, options: GivenOptions): string {
  if (test.op === 'not') return `!${testWords(test.test, name, !unread, options)}`;
  return `(${name} === null ? ${unread} : ${readWords(test, name, options)})`;
}

function readWords(test: Exclude<Test, { op: 'not' }>, name: string, options: GivenOptions): string {
  switch (test.op) {
    case 'present':
      return `(${name} !== undefined) === ${test.value}`;
    case 'in':
      return `typeof ${name} === 'object' ? ${name}.some((item) => ${isOneOf('item', test.values)}) : ${isOneOf(name, test.values)}`;
    case 'given': {
      const values = options.values.get(test.option) ?? [];
      return `${name} !== undefined && ${JSON.stringify(values)}.includes(String(${name}))`;
    }
    case 'prefix':
      return `typeof ${name} === 'string' && ${name}.startsWith(${JSON.stringify(test.value)})`;
    case 'suffix':
      return `typeof ${name} === 'string' && ${name}.endsWith(${JSON.stringify(test.value)})`;
    default: {
      const { value } = test;
      const limit = typeof value === 'number' ? value : (options.sizes.get(value.option) ?? value.else);
      return `typeof ${name} === 'number' && ${name} ${signs[test.op]} ${limit}`;
    }
  }
}

const signs = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

const isOneOf = (name: string, values: readonly Scalar[]): string =>
  values.map((value) => `${name} === ${literal(value)}`).join(' || ') || 'false';

// JSON has no word for a number without end
const literal = (value: Scalar): string =>
  typeof value === 'number' ? String(value) : JSON.stringify(value);
