import { describe, expect, it } from 'vitest';
import { type Btf, type Member, namesAsked } from '../../../../src/probe/native/task-file/btf.ts';
import { findProgram } from '../../../../src/probe/native/task-file/eventpolls.ts';
import { layout } from '../../../../src/probe/native/task-file/layout.ts';
import { taskFileProgram } from '../../../../src/probe/native/task-file/program.ts';

/** A kernel of which each member is somewhere, but for some. */
const kernel = (without: readonly string[] = [], bits = 0): Btf => ({
  member: (struct, path): Member | undefined =>
    without.includes(`${struct}.${path}`) ? undefined : { offset: 8, bit: 0, bits },
  functionId: () => 1,
  enumerator: (name) => (without.includes(name) ? undefined : 0),
});

describe('the program', () => {
  it('is whole instructions, and asks for what there has to be', () => {
    expect(taskFileProgram(kernel(), 3).length % 8).toBe(0);
    expect(() => taskFileProgram(kernel(['inode.i_flctx']), 3)).toThrow('this kernel has no inode.i_flctx');
    expect(() => taskFileProgram(kernel([], 3), 3)).toThrow(/ is a bit field$/);
    expect(() => findProgram(kernel(['file.f_op']), 0n)).toThrow('this kernel has no file.f_op');
  });

  it('goes without what only some kernels have', () => {
    const scm = ['sk_scm_credentials', 'sk_scm_security', 'sk_scm_pidfd'].map((name) => `sock.${name}`);
    const others = [
      scm,
      ['ext4_inode_info.i_reserved_data_blocks'],
      ['shmem_inode_info.swapped'],
      ['UDP_FLAGS_CORK'],
      ['udp_sock.udp_flags'],
      ['SOCK_RCVTSTAMP'],
    ];
    const programs = others.map((without) => taskFileProgram(kernel(without), 3).toString('hex'));
    // each is another than that of a kernel that has all
    expect(programs).not.toContain(taskFileProgram(kernel(), 3).toString('hex'));
    expect(() => taskFileProgram(kernel([...scm, 'socket.flags']), 3)).toThrow(
      'this kernel has no socket.flags',
    );
  });

  it('is made of names that are all asked for', () => {
    const names = namesAsked((types) => void taskFileProgram(types, 3));
    expect(names).toEqual(
      expect.arrayContaining(['file', 'f_path', 'mnt', 'rmem_alloc', 'socket', 'flags', 'UDP_FLAGS_CORK']),
    );
    expect(names.join(' ')).not.toContain('.');
  });
});

describe('the layout', () => {
  it('has each value in a place of its own, in the parts that are sent', () => {
    const { at, file, event, eventpoll, socket, inet, unix, text } = layout;
    const within = ([start, end]: readonly [number, number]) =>
      Object.values(at).filter((place) => place >= start && place < end);
    for (const part of [file, event, eventpoll, [socket[0], inet[1]], [socket[0], unix[1]]] as const)
      expect(new Set(within(part)).size).toBeGreaterThan(2);
    expect([event[0], eventpoll[0], socket[0]]).toEqual([file[1], file[1], file[1]]);
    expect([inet[0], unix[0]]).toEqual([socket[1], socket[1]]);
    expect(text[0]).toBe(Math.max(event[1], eventpoll[1], inet[1], unix[1]));
    expect(Object.values(at).every((place) => place % 8 === 0 && place < text[0])).toBe(true);
    const ofFile = within(file);
    expect(new Set(ofFile).size).toBe(ofFile.length);
  });
});
