import { describe, expect, it } from 'vitest';
import { kcmpCalls } from '../../../src/probe/native/kcmp.ts';
import { loadNative } from '../../../src/probe/native/koffi.ts';
import type { System } from '../../../src/probe/native/system.ts';

describe('without koffi', () => {
  it('says in one line what is missing', () => {
    const load = () => {
      throw new Error("Cannot find module 'koffi'\nRequire stack:\n- here");
    };
    expect(loadNative(load)).toEqual({ missing: "Cannot find module 'koffi'" });
  });

  it('says so where libc lacks a function', () => {
    const koffi = {
      load: () => ({
        func: (name: string) => {
          throw new Error(`Cannot find function '${name}' in shared library`);
        },
      }),
    };
    expect(loadNative(() => koffi)).toEqual({ missing: "Cannot find function 'syscall' in shared library" });
  });
});

describe('kcmp', () => {
  const answering = (answer: number, errno = '') => {
    const asked: unknown[] = [];
    const call = (...args: unknown[]) => {
      asked.push(args);
      return answer;
    };
    const system = { numbers: { kcmp: 312 }, call, callPointer: call, failure: () => ({ errno }) };
    return { asked, ...kcmpCalls(system as unknown as System) };
  };

  it('asks by the number of the type', () => {
    const { kcmp, asked } = answering(2);
    expect(kcmp('file', 10, 11, 3, 4)).toBe(2);
    expect(kcmp('sighand', 10, 11)).toBe(2);
    expect(asked).toEqual([
      [312, 10, 11, 0, 3, 4],
      [312, 10, 11, 4, 0, 0],
    ]);
  });

  it('asks for a target by a slot', () => {
    const { epollTarget, asked } = answering(0);
    expect(epollTarget(10, 3, 11, 5, 6, 1)).toBe(true);
    expect(asked).toEqual([[312, 10, 11, 7, 3, Buffer.from('050000000600000001000000', 'hex')]]);
    expect(answering(1).epollTarget(10, 3, 11, 5, 6, 1)).toBe(false);
  });

  it('says of a descriptor that is not open that it is gone', () => {
    expect(answering(-1, 'EBADF').kcmp('file', 1, 1, 1, 1)).toEqual({ errno: 'ENOENT' });
    expect(answering(-1, 'EPERM').epollTarget(1, 1, 1, 1, 1, 1)).toEqual({ errno: 'EPERM' });
  });
});
