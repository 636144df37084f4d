/** The policy half alone: no daemon, no procfs, no node. */
export type {
  Facts,
  FactType,
  FactValue,
  FileFacts,
  ProcessFacts,
  TargetFacts,
  Vocabulary,
} from '../facts.ts';
export {
  compilePolicy,
  type Evaluate,
  joinOutcomes,
  type SubjectJudgement,
} from './evaluate.ts';
export { joinJudgements, type Part, unjudged } from './join.ts';
export { judge, type Question } from './judge.ts';
export { covers, type GivenOptions, readOptions } from './options.ts';
export { type ParsedPolicy, parsePolicy } from './parse.ts';
export type { PolicyIssue } from './parse-node.ts';
export type { OptionSpec, Outcome, Phase, Policy, RefuseRule, Rule } from './policy.ts';
export type { Finding, Judgement, Report, Verdict } from './report.ts';
export type { Subject } from './subject.ts';
export type { Rejected } from './tally.ts';
