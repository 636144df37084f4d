import { readFileSync } from 'node:fs';
import type { FactValue, FileFacts, ProcessFacts, TargetFacts, Vocabulary } from '../../src/facts.ts';
import { judge, type Show } from '../../src/policy/judge.ts';
import { readOptions } from '../../src/policy/options.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Judgement } from '../../src/policy/report.ts';
import { vocabulary as realVocabulary } from '../../src/probe/kinds/index.ts';

/** A small world of its own, so that tests of the policy language do not depend on what the probe reads. */
export const vocabulary: Vocabulary = {
  common: { name: 'string', size: 'number', good: 'boolean', tags: 'list', inode: 'string' },
  kinds: { plain: {}, net: { state: 'string' }, process: { threads: 'number' } },
};

export function mustParse(text: string, words: Vocabulary = vocabulary): Policy {
  const { policy, issues } = parsePolicy(text, words);
  if (policy === undefined)
    throw new Error(issues.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return policy;
}

export const policyHead = `policy: test
engineVersion: "4.2"
judges: [fd, map, cwd, root, exe, process]
otherwise: { reason: NotSupported, message: "no rule for {kind}" }
options:
  - { name: tcp, effect: kept }
  - { name: link-remap, effect: linked }
  - { name: ghost, takes: size, effect: copied }
  - { name: external, takes: list }
`;

/** A policy in the small world; `accept` and `refuse` in YAML flow form. */
export const smallPolicy = (
  refuse: readonly string[],
  accept: readonly string[] = ['{ rule: any }'],
): Policy =>
  mustParse(
    `${policyHead}accept: [${['{ rule: own, kinds: [process] }', ...accept].join(', ')}]\nrefuse: [${refuse.join(', ')}]\n`,
  );

export function builtin(name: string): Policy {
  const url = new URL(`../../src/policy/builtin/${name}.yaml`, import.meta.url);
  return mustParse(readFileSync(url, 'utf8'), realVocabulary);
}

export const file = (facts: Record<string, FactValue> = {}, more: Partial<FileFacts> = {}): FileFacts => ({
  via: 'fd',
  fd: 3,
  kind: 'plain',
  path: '/x',
  fop: 'ext4_file_operations',
  facts,
  unread: [],
  watchers: [],
  sharedWith: [],
  ...more,
});

export const processOf = (files: readonly FileFacts[], more: Partial<ProcessFacts> = {}): ProcessFacts => ({
  pid: 7,
  startTimeTicks: '5000',
  comm: 'job',
  facts: {},
  files,
  unread: [],
  changed: false,
  ...more,
});

export const target = (...processes: readonly ProcessFacts[]): TargetFacts => ({
  type: 'tree',
  pid: 7,
  startTimeTicks: '5000',
  comm: 'job',
  processes,
});

interface Ask {
  readonly options?: readonly string[];
  readonly engineVersion?: string;
  readonly show?: Show;
}

export const ask = (policy: Policy, facts: TargetFacts, more: Ask = {}): Judgement =>
  judge(facts, {
    policy,
    options: readOptions(more.options ?? [], policy.options),
    engineVersion: more.engineVersion ?? policy.engineVersion,
    versionSource: 'assumed',
    show: more.show ?? 'all',
  });

export const askFiles = (policy: Policy, files: readonly FileFacts[], more: Ask = {}): Judgement =>
  ask(policy, target(processOf(files)), more);
