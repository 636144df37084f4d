import { release } from 'node:os';
import { joinJudgements, unjudged } from '../policy/join.ts';
import type { Report } from '../policy/report.ts';
import type { FindDeps } from '../probe/targets/containers.ts';
import { type Asked, lookUp, type PolicyDeps } from './asked.ts';
import type { CheckRequest } from './check.ts';
import { AgentError } from './errors.ts';
import { type Judged, type JudgeUnit, processUnit, type UnitDeps, unitJudge } from './judge-unit.ts';
import { resolveUnits, type Unit, unitOfInit } from './units.ts';

export interface AssessDeps extends PolicyDeps, UnitDeps {
  /** Where containers and pods are found. */
  readonly find: FindDeps;
}

export type Assess = (request: CheckRequest) => Report;

/** Target → probe → evaluate → report: the only place that calls both halves. Throws `AgentError`. */
export function createAssess(deps: AssessDeps): Assess {
  const judgeUnit = unitJudge(deps);
  return (request) => {
    const stamp = stamper();
    const asked = lookUp(deps, request);
    const { target: ref } = request;
    if ('pid' in ref) {
      // whom a runtime checkpoints is asked about with what else is in its container
      const ofRuntime = request.runtime !== undefined && request.runtime !== 'none' && ref.type === 'tree';
      const container = ofRuntime ? unitOfInit(ref.pid, deps.find) : undefined;
      return stamp(judgeUnit(asked, processUnit(ref, container)), []);
    }
    if (ref.type === 'node') throw new Error('the node is asked about by a sweep');
    const { target, single, units, notes, unread } = resolveUnits(ref, deps.find);
    if (single) {
      const judged = judgeUnit(asked, units[0]);
      const judgement = { ...judged.judgement, target: { ...judged.judgement.target, ...target } };
      return stamp({ ...judged, judgement }, notes);
    }
    const parts = units.map((unit) => {
      const own = stamper();
      return { name: unit.name, judgement: own(judgeOrTell(judgeUnit, asked, unit), []) };
    });
    const [first, ...rest] = parts;
    // what could not be read on the way to the target may have been a part of it
    const judgement = joinJudgements(target, [first as (typeof parts)[number], ...rest], unread);
    return { ...stamp({ judgement, notes: [] }, notes), parts: parts.map((part) => part.judgement) };
  };
}

type Said = Pick<Judged, 'judgement' | 'notes'>;

/** The clock is looked at here: when it was asked, and how long it took. */
export function stamper(): ({ judgement, notes }: Said, more: readonly string[]) => Report {
  const started = performance.now();
  const observedAt = new Date().toISOString();
  return ({ judgement, notes }, more) => ({
    ...judgement,
    parts: [],
    notes: [...more, ...notes],
    observedAt,
    durationMs: round(performance.now() - started),
    kernel: release(),
  });
}

/** Among others one that cannot be judged is unknown, and stands in no other's way. */
function judgeOrTell(judgeUnit: JudgeUnit, asked: Asked, unit: Unit): Said {
  try {
    return judgeUnit(asked, unit);
  } catch (error) {
    if (!(error instanceof AgentError) || error.code === 'InvalidArgument') throw error;
    const { policy, version, options } = asked;
    const question = { policy, options, ...version, show: asked.request.show };
    const target = { ...unit.target, ...(unit.pid === undefined ? {} : { pid: unit.pid }) };
    return { judgement: unjudged(target, question, error.code, error.message), notes: [] };
  }
}

const round = (milliseconds: number): number => Math.round(milliseconds * 100) / 100;
