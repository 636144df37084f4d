import type { SliceAnswer, StillSo } from './judge.ts';
import type { Slice } from './list.ts';

/** What was told of each slice in the sweep before: what is so still need not be told again. */
export interface Told {
  begin(): void;
  /** By which it was told; '' where nothing was. */
  nameOf(slice: Slice): string;
  /** A reply as the answer that it stands for; undefined where it is none. */
  answerOf(slice: Slice, reply: SliceAnswer | StillSo): SliceAnswer | undefined;
  end(): void;
}

export function createTold(): Told {
  let before: ReadonlyMap<string, SliceAnswer> = new Map();
  let now = new Map<string, SliceAnswer>();
  return {
    begin: () => {
      before = now;
      now = new Map();
    },
    nameOf: (slice) => before.get(keyOf(slice))?.told ?? '',
    answerOf: (slice, reply) => {
      const key = keyOf(slice);
      const answer = 'stillSo' in reply ? renewed(before.get(key), reply) : reply;
      if (answer?.told !== undefined) now.set(key, answer);
      return answer;
    },
    end: () => {
      before = new Map();
    },
  };
}

const keyOf = ({ processes: [root] }: Slice): string => `${root?.pid} ${root?.startTimeTicks}`;

function renewed(
  before: SliceAnswer | undefined,
  { observedAt, durationMs }: StillSo,
): SliceAnswer | undefined {
  if (before?.report === undefined) return undefined;
  return { ...before, report: { ...before.report, observedAt, durationMs } };
}
