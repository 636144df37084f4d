import { parseArgs } from 'node:util';
import type { CheckRequest } from '../server/check.ts';
import { AgentError } from '../server/errors.ts';
import { toQuestion } from '../server/question.ts';
import type { AskedTarget } from '../server/target.ts';

const own = {
  process: { type: 'boolean' },
  all: { type: 'boolean' },
  counts: { type: 'boolean' },
  json: { type: 'boolean' },
  uid: { type: 'string' },
  runtime: { type: 'string' },
  policy: { type: 'string' },
  'engine-version': { type: 'string' },
} as const;
const settingNames = [
  'policy',
  'policy-dir',
  'proc-root',
  'host-root',
  'kubelet',
  'pod-logs',
  'container-logs',
] as const;
const flags = {
  ...(Object.fromEntries(settingNames.map((name) => [name, { type: 'string' }])) as Record<
    (typeof settingNames)[number],
    { readonly type: 'string' }
  >),
  ...own,
};

export interface CheckArguments {
  readonly request: CheckRequest;
  readonly json: boolean;
  /** For `readConfig`. */
  readonly settings: readonly string[];
}

/** The arguments of `check`, or what is wrong with them. */
export function readCheckArguments(args: readonly string[]): CheckArguments | string {
  const split = args.indexOf('--');
  const before = split < 0 ? args : args.slice(0, split);
  const options = split < 0 ? [] : args.slice(split + 1);
  try {
    const { values, positionals } = parseArgs({ args: [...before], options: flags, allowPositionals: true });
    const target = positionals.length === 1 ? readTarget(positionals[0] ?? '', values.uid) : undefined;
    if (target === undefined) {
      return `expected PID, container/ID, pod/UID, pod/NAMESPACE/NAME, cgroup/PATH or node, got "${positionals.join(' ')}"`;
    }
    if (values.uid !== undefined && target.pod?.name === undefined) {
      return '--uid pins a pod that is named: expected pod/NAMESPACE/NAME beside it';
    }
    if (values.all && values.counts) return '--all and --counts say the opposite: expected one of them';
    const version = values['engine-version'];
    const request = toQuestion({
      target: { ...target, ...(values.process ? { scope: 'process' } : {}) },
      options,
      show: values.all ? 'all' : values.counts ? 'counts' : 'blocking',
      ...(values.runtime === undefined ? {} : { runtime: values.runtime }),
      ...(version === undefined ? {} : { engineVersion: version }),
    });
    const settings = settingNames.flatMap((name) =>
      values[name] === undefined ? [] : [`--${name}`, values[name]],
    );
    return { request, json: values.json ?? false, settings };
  } catch (error) {
    if (error instanceof AgentError || error instanceof TypeError) return error.message;
    throw error;
  }
}

function readTarget(text: string, uid: string | undefined): AskedTarget | undefined {
  if (/^\d{1,10}$/.test(text)) return { pid: Number(text) };
  if (text === 'node') return { node: true };
  const [, type, rest = ''] = /^(container|pod|cgroup)\/(.+)$/s.exec(text) ?? [];
  if (type === 'container') return { containerId: rest };
  if (type === 'cgroup') return { cgroupPath: rest };
  if (type !== 'pod') return undefined;
  const [first = '', name, ...more] = rest.split('/');
  if (more.length > 0) return undefined;
  return { pod: name === undefined ? { uid: first } : { namespace: first, name, ...(uid ? { uid } : {}) } };
}
