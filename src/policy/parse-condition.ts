import { type Context, factTypes } from './parse-context.ts';
import type { Node } from './parse-node.ts';
import type { Condition, OptionOperand, Scalar, Test } from './policy.ts';

const groups = ['all', 'any', 'none'] as const;
const operators = ['not', 'gt', 'gte', 'lt', 'lte', 'prefix', 'suffix', 'present', 'given'] as const;

/**
 * A condition is a map from fact to test, all of which must hold:
 *   `fact: value` or `fact: [a, b]`   it is one of these (a list fact: it has one of them)
 *   `fact: { gt: 3 }`                 gt gte lt lte (a number, or `{ option: ghost-limit, else: 1048576 }`),
 *                                     prefix, suffix, present: true|false, not: <any of these>,
 *                                     given: skip-mnt (it is a value the caller gave to that option)
 *   `option.file-locks: true`         whether the caller gave the option
 *   `all|any|none: [conditions]`
 */
export function parseCondition(node: Node, kinds: readonly string[], context: Context): Condition {
  const entries = Object.keys(node.record());
  if (entries.length === 0) node.issue('expected a map from fact to test');
  const parts = entries.map((key): Condition => {
    const child = node.get(key);
    const group = groups.find((name) => name === key);
    if (group === undefined) return { fact: key, test: parseFactTest(child, key, kinds, context) };
    const members = child.items().map((item) => parseCondition(item, kinds, context));
    if (members.length === 0) child.issue('expected a list of conditions');
    if (group === 'all') return { all: members };
    return group === 'any' ? { any: members } : { none: members };
  });
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { all: parts };
}

function parseFactTest(node: Node, fact: string, kinds: readonly string[], context: Context): Test {
  return parseTest(node, typeOf(node, fact, kinds, context), context);
}

function typeOf(node: Node, fact: string, kinds: readonly string[], context: Context): string {
  if (fact.startsWith('option.')) {
    const name = fact.slice('option.'.length);
    if (!context.options.some((option) => option.name === name)) {
      node.issue(`unknown option "${name}": expected one listed under options`);
    }
    return 'boolean';
  }
  const types = factTypes(context.vocabulary, kinds);
  const type = types.get(fact);
  if (type === undefined) {
    const of = kinds.length === 0 ? 'any kind' : kinds.join(', ');
    node.issue(`unknown fact "${fact}" of ${of}: expected one of ${[...types.keys()].join(', ')}`);
  }
  return type ?? 'unknown';
}

function parseTest(node: Node, type: string, context: Context): Test {
  if (Array.isArray(node.value)) return { op: 'in', values: node.items().map((item) => scalar(item, type)) };
  if (typeof node.value !== 'object' || node.value === null)
    return { op: 'in', values: [scalar(node, type)] };
  const keys = Object.keys(node.value);
  const op = operators.find((name) => name === keys[0]);
  if (keys.length !== 1 || op === undefined) {
    node.issue(
      `expected a value, a list, or one operator of ${operators.join(', ')}; got ${keys.join(', ')}`,
    );
    return { op: 'in', values: [] };
  }
  const operand = node.get(op);
  if (op === 'not') return { op, test: parseTest(operand, type, context) };
  if (op === 'present') return { op, value: operand.boolean(true) };
  if (op === 'given') return { op, option: knownOption(operand, context) };
  if (op === 'prefix' || op === 'suffix') {
    expectType(operand, type, 'string', op);
    return { op, value: operand.string() };
  }
  expectType(operand, type, 'number', op);
  return { op, value: number(operand, context) };
}

function knownOption(node: Node, { options }: Context): string {
  const name = node.string();
  if (!options.some((option) => option.name === name)) {
    node.issue(`unknown option "${name}": expected one listed under options`);
  }
  return name;
}

function scalar(node: Node, type: string): Scalar {
  const { value } = node;
  const wanted = type === 'list' ? 'string' : type;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    if (wanted === 'unknown' || typeof value === wanted) return value;
  }
  node.issue(`expected a ${wanted}, got ${JSON.stringify(value) ?? 'nothing'}`);
  return '';
}

function expectType(node: Node, type: string, wanted: string, op: string): void {
  if (type !== wanted && type !== 'unknown')
    node.issue(`${op} compares a ${wanted}, and this fact is a ${type}`);
}

function number(node: Node, context: Context): number | OptionOperand {
  if (typeof node.value === 'number') return node.value;
  const option = node.get('option').value;
  const otherwise = node.get('else').value;
  const sized = context.options.find((known) => known.name === option && known.takes === 'size');
  if (sized !== undefined && typeof otherwise === 'number') return { option: sized.name, else: otherwise };
  node.issue('expected a number, or { option: <an option that takes a size>, else: <number> }');
  return 0;
}
