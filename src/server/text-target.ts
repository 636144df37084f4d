import type { PodIdentity } from '../facts.ts';
import type { Report, RuntimeReport, TargetReport } from '../policy/report.ts';
import { escapeControl } from './escape.ts';

/** As the tools of the runtimes print it. */
const shortId = (id: string): string => escapeControl(id.slice(0, 12));

const podText = ({ uid, namespace, name }: PodIdentity): string =>
  escapeControl(namespace === undefined || name === undefined ? uid : `${namespace}/${name}`);

/** `pod shop/cart-7f9c`, `container 3f2a91c07be4 app of pod shop/cart-7f9c`, `tree 4312 java`. */
export function targetText({ type, pid, comm = '', cgroup, container, pod }: TargetReport): string {
  if (type === 'pod' && pod !== undefined) return `pod ${podText(pod)}`;
  if (type === 'container' && container !== undefined) {
    const name = container.name === undefined ? '' : ` ${escapeControl(container.name)}`;
    const role = container.role === 'container' ? '' : ` (${container.role})`;
    return `container ${shortId(container.id)}${name}${role}${pod === undefined ? '' : ` of pod ${podText(pod)}`}`;
  }
  if (type === 'cgroup') return `cgroup ${escapeControl(cgroup ?? '')}`;
  return type === 'node' || pid === undefined ? type : `${type} ${pid} ${escapeControl(comm)}`;
}

/** What parts are called beside each other: containers of one pod by their names alone. */
export function partNames(parts: readonly Report[]): { title: string; nameOf: (part: Report) => string } {
  const [first] = parts;
  const siblings = parts.every(
    ({ target: { container, pod } }) => container !== undefined && pod?.uid === first?.target.pod?.uid,
  );
  // trees of one cgroup differ in their root alone
  const root = ({ type, pid }: TargetReport) => (type === 'cgroup' && pid !== undefined ? ` ${pid}` : '');
  if (!siblings) return { title: 'PART', nameOf: ({ target }) => `${targetText(target)}${root(target)}` };
  return { title: 'CONTAINER', nameOf: ({ target }) => containerText(target) };
}

function containerText({ container }: TargetReport): string {
  if (container === undefined) return '-';
  const name = container.name === undefined ? shortId(container.id) : escapeControl(container.name);
  return container.role === 'container' ? name : `${name} (${container.role})`;
}

const shown = 3;

/** Options that a runtime adds by itself: the first few, and how many more. */
export function runtimeText({ name, source, options }: RuntimeReport): string {
  if (name === 'none' && source === 'none') return '';
  const words = options.slice(0, shown).map((option) => `--${escapeControl(option.replace(/^--?/, ''))}`);
  const more = options.length > shown ? [`and ${options.length - shown} more`] : [];
  const adds = options.length === 0 ? 'adds no options' : [...words, ...more].join(' ');
  return `runtime ${escapeControl(name)} (${source}): ${adds}`;
}
