import { describe, expect, it } from 'vitest';
import { namespaceEnter } from '../../../src/probe/native/namespace.ts';
import { NamespaceLost } from '../../../src/probe/native/native.ts';
import type { System } from '../../../src/probe/native/system.ts';

/** A thread in namespace `own`; setns(2) fails as often as it is told to, after the first so many. */
function thread({ fails = 0, after = 0, none = false } = {}) {
  const files = new Map<number, string>();
  const state = { namespace: 'own', moves: 0, opened: files };
  let failures = fails;
  const system = {
    numbers: { setns: 308 },
    open: (path: string) => {
      if (none) return -1;
      const fd = files.size + 3;
      files.set(fd, path === '/proc/thread-self/ns/net' ? state.namespace : path);
      return fd;
    },
    close: (fd: number) => void files.delete(fd),
    inodeOf: (fd: number) => files.get(fd),
    call: (_number: number, fd: number) => {
      if (state.moves >= after && failures-- > 0) return -1;
      state.moves++;
      state.namespace = String(files.get(fd));
      return 0;
    },
    failure: () => ({ errno: 'ENOMEM' }),
  };
  return { state, enter: namespaceEnter(system as unknown as System, 'net') };
}

describe('a network namespace', () => {
  it('is entered and left', () => {
    const { state, enter } = thread();
    expect(enter('other', () => state.namespace)).toBe('other');
    expect(state).toMatchObject({ namespace: 'own', moves: 2 });
    expect(state.opened.size).toBe(0);
  });

  it('is not entered when it is our own', () => {
    const { state, enter } = thread();
    expect(enter('own', () => state.namespace)).toBe('own');
    expect(state.moves).toBe(0);
    expect(state.opened.size).toBe(0);
  });

  it('is left when something throws', () => {
    const { state, enter } = thread();
    const act = () => {
      throw new Error('no');
    };
    expect(() => enter('other', act)).toThrow('no');
    expect(state.namespace).toBe('own');
    expect(state.opened.size).toBe(0);
  });

  it('may not be had', () => {
    const refused = thread({ fails: 1 });
    expect(refused.enter('other', () => 1)).toEqual({ errno: 'ENOMEM' });
    expect(refused.state.namespace).toBe('own');
    expect(refused.state.opened.size).toBe(0);
    expect(thread({ none: true }).enter('other', () => 1)).toEqual({ errno: 'ENOMEM' });
  });

  it('is left at a later attempt', () => {
    const { state, enter } = thread({ fails: 3, after: 1 });
    expect(enter('other', () => 1)).toBe(1);
    expect(state.namespace).toBe('own');
  });

  it('is lost when there is no way back, and stays so', () => {
    const { state, enter } = thread({ fails: 10, after: 1 });
    expect(() => enter('other', () => 1)).toThrow(NamespaceLost);
    expect(state.namespace).toBe('other');
    expect(() => enter('other', () => 1)).toThrow(NamespaceLost);
  });
});
