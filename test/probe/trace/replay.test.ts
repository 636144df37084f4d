import { describe, expect, it } from 'vitest';
import { type ProbeRequest, scanner } from '../../../src/probe/probe.ts';
import type { Proc, Stat } from '../../../src/probe/proc.ts';
import { startScan } from '../../../src/probe/scan.ts';
import { answerDigester, keyIndex, numberOf } from '../../../src/probe/trace/calls.ts';
import { createBytesDigester, createDigester } from '../../../src/probe/trace/digest.ts';
import { recording } from '../../../src/probe/trace/record.ts';
import { answersTheSame } from '../../../src/probe/trace/replay.ts';
import { createTraceWriter } from '../../../src/probe/trace/trace.ts';
import { createTracer } from '../../../src/probe/trace/tracer.ts';
import { fakeProc, type Tree } from '../../support/fake-proc.ts';
import { baseTree, fakeNative, fdinfoHead, statLine } from '../../support/fake-process.ts';

/** As little is read as will do. */
const request: ProbeRequest = { pid: 7, type: 'process', asks: new Set(), asksOf: () => false };

/** Process 7 in a tree that can become another; looked at as one of many. */
function tracerOf(first: Tree) {
  let proc: Proc = fakeProc(first);
  const now: Proc = {
    root: proc.root,
    readText: (path) => proc.readText(path),
    readPiece: (path) => proc.readPiece(path),
    readLink: (path) => proc.readLink(path),
    stat: (path) => proc.stat(path),
    lstat: (path) => proc.lstat(path),
    fsMagic: (path) => proc.fsMagic(path),
    list: (path) => proc.list(path),
    openFds: (pid) => proc.openFds(pid),
  };
  const become = (tree: Tree) => {
    proc = fakeProc(tree);
  };
  const native = fakeNative({ stats: { '/fake/7/fd/3': { ...fileStat, mntId: 27 } as Stat } });
  return { tracer: createTracer(now, native, 1, scanner(now, native, { shared: true })), become };
}

/** A file whose inode is 100 of 254:0, and the locks of the node. */
const withLocks = (locks: string): Tree =>
  baseTree({
    texts: {
      locks,
      '2/stat': statLine(2, { flags: 0x200000 }),
      '7/fdinfo/3': fdinfoHead(),
    },
    links: { '7/fd/3': '/file' },
    stats: { '7/fd/3': { ...fileStat } },
  });
const fileStat = {
  type: 'regular',
  mode: 0o644,
  nlink: 1,
  device: '254:0',
  inode: '100',
  major: 0,
  minor: 0,
  sizeBytes: 10,
  blockBytes: 4096,
  allocatedBytes: 4096,
} as const;
const lockOn = (inode: number) => `1: FLOCK  ADVISORY  WRITE 99 fe:00:${inode} 0 EOF\n`;

describe('what was asked, asked again', () => {
  it.each([
    ['no locks at all, and now there is one on its file', '', lockOn(100), false],
    ['no locks at all, and now there is one on another', '', lockOn(101), true],
    ['a lock on another file, and now there is none', lockOn(101), '', true],
    ['a lock on its file, and now there is none', lockOn(100), '', false],
    ['a table of locks, and now it cannot be read whole', lockOn(101), '1: what', false],
  ])('%s', (_, before, after, same) => {
    const { tracer, become } = tracerOf(withLocks(before));
    const { trace } = tracer.traced(request);
    if (trace === undefined) throw new Error('there is no trace');
    expect(tracer.isUnchanged(trace, request)).toBe(true);
    become(withLocks(after));
    expect(tracer.isUnchanged(trace, request)).toBe(same);
  });

  it.each([
    ['one half', { high: 1, low: 0 }],
    ['the other half', { high: 0, low: 1 }],
  ])('a digest of which %s is another is another', (_, other) => {
    const writer = createTraceWriter();
    writer.add(numberOf.readLink, ['self'], { high: 0, low: 0 });
    const trace = writer.finish();
    if (trace === undefined) throw new Error('there is no trace');
    const scan = startScan(fakeProc({ links: { self: '7' } }), undefined, { asks: new Set() });
    const answers = (digest: { high: number; low: number }) =>
      answersTheSame(trace, scan, {
        of: () => digest,
        bytes: () => digest,
        answer: answerDigester(() => digest),
        index: keyIndex(() => digest),
      });
    expect([answers({ high: 0, low: 0 }), answers(other)]).toEqual([true, false]);
  });

  it('what was read twice and was the same is read once, but for who it is', () => {
    let texts: Tree = { texts: { '7/stat': 'a', '7/status': 'b' }, links: { self: '7' } };
    const calls: string[] = [];
    const proc = (): Proc => fakeProc(texts);
    const of = createDigester(1);
    const digests = { of, bytes: createBytesDigester(1), answer: answerDigester(of), index: keyIndex(of) };
    const writer = createTraceWriter();
    const native = { ...fakeNative({}), inCgroupNs: <T>(_path: string, act: () => T) => act() };
    const scanOf = (own: Proc) => startScan(own, native, { asks: new Set() });
    const changing: Proc = {
      ...proc(),
      readText: (path) => proc().readText(path),
      readLink: (path) => proc().readLink(path),
    };
    const recorded = recording(scanOf(changing), writer, digests);
    const readAll = () => ['7/stat', '7/status', '7/none'].map((path) => recorded.proc.readText(path));
    readAll();
    readAll();
    recorded.proc.readPiece('7/status');
    // in another namespace it may be another
    recorded.native?.inCgroupNs('/x', () => recorded.proc.readText('7/status'));
    recorded.proc.readText('7/status');
    texts = { texts: { '7/stat': 'a', '7/status': 'c' } };
    recorded.proc.readText('7/status');
    const trace = writer.finish();
    if (trace === undefined) throw new Error('there is no trace');
    texts = { texts: { '7/stat': 'a', '7/status': 'b' } };
    const noting: Proc = {
      ...proc(),
      readText: (path) => {
        calls.push(path);
        return proc().readText(path);
      },
      readPiece: (path) => proc().readPiece(path),
    };
    // the last is the one that is another now
    expect(answersTheSame(trace, scanOf(noting), digests)).toBe(false);
    expect(calls).toEqual(['7/stat', '7/status', '7/none', '7/stat', '7/status', '7/status', '7/status']);
  });

  const denied = { errno: 'EPERM' };
  it.each([
    ['entered, and is', undefined, undefined, true],
    ['entered, and is not now', undefined, denied, false],
    ['not entered, and is not', denied, denied, true],
    ['not entered, and is now', denied, undefined, false],
    ['not entered, and is not for another reason', denied, { errno: 'EACCES' }, false],
  ])('a namespace that was %s', (_, before, after, same) => {
    let failure: { readonly errno: string } | undefined = before;
    const native = {
      ...fakeNative({}),
      inCgroupNs: <T>(_path: string, act: () => T) => failure ?? act(),
    };
    const scan = startScan(fakeProc({ texts: { '7/cgroup': '0::/' } }), native, { asks: new Set() });
    const of = createDigester(1);
    const digests = { of, bytes: createBytesDigester(1), answer: answerDigester(of), index: keyIndex(of) };
    const writer = createTraceWriter();
    const { native: recorded, proc } = recording(scan, writer, digests);
    recorded?.inCgroupNs('/proc/7/ns/cgroup', () => proc.readText('7/cgroup'));
    proc.readLink('self');
    const trace = writer.finish();
    if (trace === undefined) throw new Error('there is no trace');
    failure = after;
    expect(answersTheSame(trace, scan, digests)).toBe(same);
  });

  it.each([
    ['of a look of its own', false, true],
    ['of one that many share, which may be older than an answer now', true, false],
  ])('all unix sockets of a namespace %s', (_, shared, isWritten) => {
    const native = { ...fakeNative({}), unixSockets: () => new Map() };
    const scan = startScan(fakeProc({ links: { '7/ns/net': 'net:[1]' } }), native, {
      asks: new Set(),
      shared,
    });
    const of = createDigester(1);
    const digests = { of, bytes: createBytesDigester(1), answer: answerDigester(of), index: keyIndex(of) };
    const writer = createTraceWriter();
    recording(scan, writer, digests).unixSockets(7);
    expect(writer.finish() !== undefined).toBe(isWritten);
  });

  it('what of an answer serves many is digested once', () => {
    const digested: unknown[] = [];
    const answer = answerDigester((value) => {
      digested.push(value);
      return { high: digested.length, low: 0 };
    });
    const call = { ask: () => 0, shared: true };
    const [one, other] = [new Map([['a', 1]]), new Map([['a', 1]])];
    const highs = [one, other, one, { errno: 'EIO' }].map((each) => answer(call, each, []).high);
    expect(highs).toEqual([1, 2, 1, 3]);
    // and is not what the next digest becomes
    expect(answer(call, one, []).high).toBe(1);
  });
});
