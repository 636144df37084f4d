import type { PodIdentity } from '../../facts.ts';
import { joinJudgements, type Part } from '../../policy/join.ts';
import type { Report, Verdict } from '../../policy/report.ts';
import { sumTally, type Tally } from '../../policy/tally.ts';
import { AgentError } from '../errors.ts';
import { othersTurn } from '../turns.ts';
import type { Skip, SkipReason, SliceAnswer } from './judge.ts';
import type { NodeListing, Slice } from './list.ts';

export interface SliceResult extends SliceAnswer {
  readonly slice: Slice;
}

export interface PodVerdict {
  readonly pod: PodIdentity;
  readonly verdict: Verdict;
  /** Of the container that decides. */
  readonly reason: string;
}

/** What is known of the whole node. */
export interface NodeSweep {
  /** RFC 3339, when it began: nothing in it is older. */
  readonly observedAt: string;
  readonly durationMs: number;
  /** Of the probing processes. */
  readonly cpuMs: number;
  /** With a part for each container, service and other tree. */
  readonly report: Report;
  readonly tally: Tally;
  /** Those that a checkpoint would be asked of: no sandboxes, which are made anew. */
  readonly containers: readonly Verdict[];
  readonly pods: readonly PodVerdict[];
  readonly judged: number;
  readonly skipped: readonly Skip[];
  readonly kernelThreads: number;
  /** Processes of the agent itself. */
  readonly own: number;
}

interface Swept {
  readonly observedAt: string;
  readonly durationMs: number;
  readonly cpuMs: number;
  readonly listing: NodeListing;
  readonly results: readonly SliceResult[];
}

/** What was said of each slice, as one answer about the node. To put tens of thousands of findings in order takes turns of its own. */
export async function toNodeSweep(swept: Swept): Promise<NodeSweep> {
  const { observedAt, durationMs, cpuMs, listing, results } = swept;
  await othersTurn();
  const inner = innerParts(results);
  const named = results.flatMap(({ slice: { name }, report }, place) =>
    report === undefined ? [] : [{ name, judgement: withInner(report, name, inner.get(place) ?? []) }],
  );
  const [first, ...others] = named;
  if (first === undefined) throw new AgentError('CgroupNotFound', 'nothing but the agent runs on this node');
  const { kernelThreads, own } = listing;
  const unreadable = listing.unread.filter(({ call }) => call === 'read stat').length;
  const skipped = sumSkips([
    ...results.flatMap((result) => result.skipped),
    { reason: 'NotPermitted', processes: unreadable },
  ]);
  const leftOut = `left out: ${kernelThreads} kernel threads and ${own} processes of the agent`;
  const cut = results.flatMap((result) => result.leftOut ?? []);
  const rows = cut.reduce((sum, left) => sum + left, 0);
  const short = `${rows} findings and files of ${cut.length} parts are left out here: a check of each has them`;
  const missed = skipped.map(({ reason, processes }) => `not judged: ${processes} processes (${reason})`);
  await othersTurn();
  const joined = joinJudgements({ type: 'node' }, [first, ...others], listing.unread);
  await othersTurn();
  const moved = skipped.length > 0;
  const parts = named.map(({ judgement }) => judgement);
  return {
    observedAt,
    durationMs,
    cpuMs,
    report: {
      ...joined,
      changedDuringCheck: joined.changedDuringCheck || moved,
      parts,
      notes: [...listing.notes, leftOut, ...missed, ...(rows > 0 ? [short] : [])],
      observedAt,
      durationMs: Math.round(durationMs * 100) / 100,
      kernel: first.judgement.kernel,
    },
    tally: sumTally(results.flatMap(({ tally }) => tally)),
    containers: parts.filter(isAsked).map(({ verdict }) => verdict),
    pods: podsOf(parts.filter(isAsked)),
    judged: joined.counts.processes,
    skipped,
    kernelThreads,
    own,
  };
}

const isAsked = ({ target: { container } }: Report): boolean =>
  container !== undefined && container.role !== 'sandbox';

/** A dump of a container takes those inside it too; each process is counted where it is judged. */
function withInner(report: Report, name: string, inner: readonly Part[]): Report {
  if (inner.length === 0) return report;
  const outer = { name, judgement: report };
  const { verdict, reason, message, options } = joinJudgements(report.target, [outer, ...inner], []);
  const note = `with it go ${inner.length} trees of containers inside it, which are parts of their own`;
  return { ...report, verdict, reason, message, options, notes: [...report.notes, note] };
}

/** By the place of a slice: those whose container is inside its container, however deep. */
function innerParts(results: readonly SliceResult[]): ReadonlyMap<number, readonly Part[]> {
  const inner = new Map<number, Part[]>();
  for (const { slice, report } of results) {
    if (report === undefined) continue;
    for (let at = slice.inside; at !== undefined; at = results[at]?.slice.inside) {
      const parts = inner.get(at) ?? [];
      parts.push({ name: slice.name, judgement: report });
      inner.set(at, parts);
    }
  }
  return inner;
}

const worstFirst: readonly Verdict[] = ['not-ready', 'unknown', 'ready-with-options', 'ready'];

function podsOf(containers: readonly Report[]): readonly PodVerdict[] {
  const pods = new Map<string, { pod: PodIdentity; containers: Report[] }>();
  for (const container of containers) {
    const { target } = container;
    if (target.pod === undefined) continue;
    const { uid } = target.pod;
    const known = pods.get(uid) ?? { pod: target.pod, containers: [] };
    known.containers.push(container);
    pods.set(uid, known);
  }
  const rank = ({ verdict }: Report) => worstFirst.indexOf(verdict);
  return [...pods.values()].map(({ pod, containers: own }) => {
    const [first] = [...own].sort((one, other) => rank(one) - rank(other));
    return { pod, verdict: first?.verdict ?? 'unknown', reason: first?.reason ?? 'Unread' };
  });
}

function sumSkips(skips: readonly Skip[]): readonly Skip[] {
  const sums = new Map<SkipReason, number>();
  for (const { reason, processes } of skips) sums.set(reason, (sums.get(reason) ?? 0) + processes);
  return [...sums].flatMap(([reason, processes]) => (processes > 0 ? [{ reason, processes }] : []));
}
