import { LineCounter, parseDocument } from 'yaml';
import type { Vocabulary } from '../facts.ts';
import { withAsks } from './asks.ts';
import { parseCondition } from './parse-condition.ts';
import { type Context, factTypes } from './parse-context.ts';
import { type Node, type PolicyIssue, Reader } from './parse-node.ts';
import type { Condition, OptionSpec, Policy, RefuseRule, Rule, RuntimeSpec } from './policy.ts';
import { placeholders } from './template.ts';
import { isVersion } from './version.ts';

export type ParsedPolicy =
  | { readonly policy: Policy; readonly issues: readonly [] }
  | { readonly policy?: undefined; readonly issues: readonly PolicyIssue[] };

const judged = ['process', 'fd', 'map', 'cwd', 'root', 'exe', 'mount', 'device'] as const;
const phases = ['dump', 'restore', 'loss', 'hazard'] as const;
const says = ['refused', 'unknown', 'warning'] as const;
const takes = ['flag', 'optional', 'value', 'size', 'list', 'words'] as const;
/** What a message may show besides the facts. */
const names = ['pid', 'comm', 'ref', 'path', 'fop', 'kind', 'via'];

/**
 * Reads a policy in YAML and checks every word of it against the vocabulary: an unknown key, fact, kind, option or
 * operator is an issue with its line and what was expected. All issues are returned, not the first.
 */
export function parsePolicy(text: string, vocabulary: Vocabulary): ParsedPolicy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    const issues = broken.map((error) => ({
      line: lines.linePos(error.pos[0]).line,
      path: '',
      message: (error.message.split('\n')[0] ?? '').replace(/ at line .*$/, ''),
    }));
    return { issues };
  }
  const reader = new Reader(document, lines);
  let root: Node;
  try {
    root = reader.root();
  } catch (error) {
    // an alias that has no anchor, or that would grow beyond all bounds
    return { issues: [{ line: 0, path: '', message: (error as Error).message }] };
  }
  const policy = readPolicy(root, vocabulary);
  return reader.issues.length > 0 ? { issues: reader.issues } : { policy, issues: [] };
}

function readPolicy(node: Node, vocabulary: Vocabulary): Policy {
  node.onlyKeys(
    'policy description engine engineVersion judges options runtimes accept refuse otherwise line'.split(' '),
  );
  const options = node.get('options').items().map(readOption);
  const context: Context = { vocabulary, options };
  const accept = node
    .required('accept')
    .items()
    .map((item) => readRule(item, context));
  const refuse = node
    .get('refuse')
    .items()
    .map((item) => readRefuse(item, context));
  const seen = new Set<string>();
  for (const [i, { rule }] of [...accept, ...refuse].entries()) {
    const list = i < accept.length ? 'accept' : 'refuse';
    const item = node.get(list).items()[i < accept.length ? i : i - accept.length];
    if (seen.has(rule)) item?.get('rule').issue(`two rules are called "${rule}": expected unique names`);
    seen.add(rule);
  }
  const otherwise = readOtherwise(node.required('otherwise'), context);
  const line = readTemplate(node.get('line'), [], context);
  const name = node.required('policy').string();
  if (!/^[a-z][a-z0-9-]*$/.test(name)) node.get('policy').issue('expected a name such as my-policy');
  return withAsks({
    name,
    description: node.get('description').string(''),
    engine: node.get('engine').string(name),
    engineVersion: readVersion(node.required('engineVersion')) ?? '0',
    judges: node
      .required('judges')
      .items()
      .map((item) => item.oneOf(judged)),
    options,
    runtimes: node.get('runtimes').items().map(readRuntime),
    accept,
    refuse,
    otherwise,
    line,
  });
}

function readOtherwise(node: Node, context: Context): Policy['otherwise'] {
  node.onlyKeys(['reason', 'message', 'phase']);
  return {
    reason: readReason(node.required('reason')),
    message: readTemplate(node.required('message'), [], context),
    phase: node.get('phase').oneOf(phases, 'dump'),
  };
}

function readOption(node: Node): OptionSpec {
  node.onlyKeys(['name', 'effect', 'takes', 'alias', 'inert']);
  return {
    name: node.required('name').string(),
    effect: node.get('effect').string(''),
    takes: node.get('takes').oneOf(takes, 'flag'),
    alias: node.get('alias').strings(),
    inert: node.get('inert').boolean(false),
  };
}

function readRuntime(node: Node): RuntimeSpec {
  node.onlyKeys(['name', 'put']);
  const put = node.required('put').string();
  for (const name of placeholders(put)) {
    if (name !== 'flags' && name !== 'lines')
      node.get('put').issue(`unknown placeholder {${name}}: expected {flags} or {lines}`);
  }
  return { name: node.required('name').string(), put };
}

const ruleKeys = ['rule', 'kinds', 'when', 'since', 'until'];
const refuseKeys = [...ruleKeys, 'reason', 'message', 'phase', 'as', 'lift', 'advice', 'source', 'line'];

function readRule(node: Node, context: Context): Rule {
  node.onlyKeys(ruleKeys);
  return readCommon(node, context);
}

function readCommon(node: Node, context: Context): Rule {
  const kinds = node.get('kinds').strings();
  const known = Object.keys(context.vocabulary.kinds);
  for (const kind of kinds) {
    if (!known.includes(kind))
      node.get('kinds').issue(`unknown kind "${kind}": expected one of ${known.join(', ')}`);
  }
  const since = readVersion(node.get('since'));
  const until = readVersion(node.get('until'));
  const everything: Condition = { all: [] };
  return {
    rule: node.required('rule').string(),
    kinds,
    when: node.get('when').exists ? parseCondition(node.get('when'), kinds, context) : everything,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

function readRefuse(node: Node, context: Context): RefuseRule {
  node.onlyKeys(refuseKeys);
  const common = readCommon(node, context);
  const lift = node
    .get('lift')
    .items()
    .map((item) => readTemplate(item, common.kinds, context));
  for (const option of lift) {
    const name = option.split('=')[0] ?? option;
    if (!context.options.some((known) => known.name === name)) {
      node.get('lift').issue(`unknown option "${name}": expected one listed under options`);
    }
  }
  return {
    ...common,
    reason: readReason(node.required('reason')),
    message: readTemplate(node.required('message'), common.kinds, context),
    phase: node.get('phase').oneOf(phases, 'dump'),
    as: node.get('as').oneOf(says, 'refused'),
    lift,
    advice: node.get('advice').string(''),
    source: node.get('source').string(''),
    line: readTemplate(node.get('line'), common.kinds, context),
  };
}

function readReason(node: Node): string {
  const reason = node.string();
  if (reason !== '' && !/^[A-Z][A-Za-z0-9]*$/.test(reason)) node.issue(`expected CamelCase, got "${reason}"`);
  return reason;
}

function readVersion(node: Node): string | undefined {
  if (!node.exists) return undefined;
  const version = node.string();
  if (!isVersion(version)) node.issue(`expected a version in quotes such as "4.2", got "${version}"`);
  return version;
}

function readTemplate(node: Node, kinds: readonly string[], { vocabulary }: Context): string {
  const template = node.string('');
  const facts = factTypes(vocabulary, kinds);
  for (const name of placeholders(template)) {
    if (!names.includes(name) && !facts.has(name)) {
      node.issue(`unknown placeholder {${name}}: expected a fact or one of ${names.join(', ')}`);
    }
  }
  return template;
}
