import type { Probe, ProbeAnswer, ProbeRequest } from '../probe/probe.ts';
import type { Trace } from '../probe/trace/trace.ts';
import type { Tracer } from '../probe/trace/tracer.ts';
import type { Judged } from './judge-unit.ts';

/** A unit that is judged, and how. */
export interface UnitQuestion {
  /** What asks the same of the same has the same. */
  readonly key: string;
  readonly request: ProbeRequest;
  readonly judge: (facts: ProbeAnswer) => Judged;
  /** Whether what the judgement rests on beside the facts is as it was then. */
  readonly holds: (judged: Judged) => boolean;
}

export type JudgeQuestion = (question: UnitQuestion) => Judged;

/** Each time from the beginning. */
export const judgedAnew =
  (probe: Probe): JudgeQuestion =>
  ({ request, judge }) =>
    judge(probe(request));

export interface BeforeSetup {
  readonly tracer: Tracer;
  /** From the first time on; else only what is asked a second time is written down, which takes a sixth longer. */
  readonly recurs: boolean;
  /** Words of 4 bytes that all of it may have. */
  readonly most: number;
  /** What does not answer is left out of a probe, and so of what it rests on. */
  readonly avoids: () => boolean;
}

interface Known {
  readonly trace?: Trace;
  readonly judged?: Judged;
  readonly words: number;
  /** How often in a row it was not what it had been. */
  readonly changes: number;
  /** So often it is not even looked at whether it is. */
  readonly rests: number;
  /** Questions there had been when it was asked last. */
  readonly asked: number;
}

/** What keeps changing is written down every so many times. */
const mostRests = 15;
/** Of a report's row, about. */
const wordsOfRow = 150;
const wordsOfText = 20;
const wordsOfEntry = 300;

/**
 * Judges a unit, or tells what it was judged before: where everything that was read of it then is read once more and
 * answers the same, facts and judgement are the same, and need not be made again.
 */
export function judgedBefore({ tracer, recurs, most, avoids }: BeforeSetup): JudgeQuestion {
  // those asked for longest ago come first
  const known = new Map<string, Known>();
  let words = 0;
  let questions = 0;

  const forget = (key: string) => {
    words -= known.get(key)?.words ?? 0;
    known.delete(key);
  };
  const keep = (key: string, one: Known) => {
    forget(key);
    // what was not asked for in two rounds of all the others is asked for no more
    const since = questions - 2 * known.size - 64;
    for (const [old, { asked }] of known) {
      if (words + one.words <= most || asked > since) break;
      forget(old);
    }
    if (words + one.words > most) return;
    known.set(key, one);
    words += one.words;
  };

  return ({ key, request, judge, holds }) => {
    questions += 1;
    if (avoids()) return judge(tracer.probe(request));
    const before = known.get(key);
    const { trace, judged, changes = 0, rests = 0 } = before ?? {};
    if (trace !== undefined && judged !== undefined) {
      if (tracer.isUnchanged(trace, request) && holds(judged)) {
        keep(key, { ...(before as Known), changes: 0, asked: questions });
        return judged;
      }
    }
    const changed = trace === undefined ? changes : changes + 1;
    const pause = trace === undefined ? rests - 1 : Math.min(2 ** changed - 2, mostRests);
    if (pause > 0 || (before === undefined && !recurs)) {
      keep(key, { words: wordsOfEntry, changes: changed, rests: Math.max(pause, 0), asked: questions });
      return judge(tracer.probe(request));
    }
    forget(key);
    const { answer, trace: written } = tracer.traced(request);
    const now = judge(answer);
    const usable = written !== undefined && !now.judgement.changedDuringCheck;
    keep(key, {
      ...(usable ? { trace: written, judged: now } : {}),
      words: wordsOfEntry + (usable ? weightOf(written, now) : 0),
      changes: changed,
      rests: 0,
      asked: questions,
    });
    return now;
  };
}

function weightOf({ words, texts, lists }: Trace, { judgement: { findings, processes } }: Judged): number {
  const rows = processes.reduce((sum, { files }) => sum + 1 + files.length, findings.length);
  const numbers = lists.reduce((sum, list) => sum + list.length, 0);
  return words.length + numbers + wordsOfText * texts.length + wordsOfRow * rows;
}
