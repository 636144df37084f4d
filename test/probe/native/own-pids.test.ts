import { describe, expect, it } from 'vitest';
import type { Native } from '../../../src/probe/native/native.ts';
import { forPidsOf } from '../../../src/probe/native/own-pids.ts';

const native = {
  kcmp: () => 0,
  epollTarget: () => true,
  socketOptions: () => ({ errno: 'EBADF' }),
} as unknown as Native;
const procfs = (self: string | { errno: string }) => ({ readLink: () => self });

describe('calls that take a pid', () => {
  it('are made where procfs counts as the agent does', () => {
    expect(forPidsOf(procfs('312'), native, 312)).toBe(native);
  });

  it.each([
    ['another process of it', '9'],
    ['nobody', { errno: 'ENOENT' }],
  ])('are not where the agent is %s in it', (_, self) => {
    const { kcmp, epollTarget, socketOptions } = forPidsOf(procfs(self), native, 312);
    const answers = [kcmp('file', 1, 2), epollTarget(1, 3, 1, 4, 3, 0), socketOptions(1, 3)];
    for (const answer of answers) expect(answer).toEqual({ errno: 'EXDEV' });
  });
});
