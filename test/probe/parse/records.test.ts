import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTfd } from '../../../src/probe/parse/epoll.ts';
import { parseFdinfo } from '../../../src/probe/parse/fdinfo.ts';
import { type FanotifyLine, parseFanotify, parseInotify } from '../../../src/probe/parse/inotify.ts';
import { parseLink } from '../../../src/probe/parse/link.ts';
import { type Lock, parseLock } from '../../../src/probe/parse/lock.ts';
import { parsePidStat } from '../../../src/probe/parse/pid-stat.ts';
import { parsePidStatus } from '../../../src/probe/parse/pid-status.ts';
import { bytes, device, deviceName, hex, hexDevice, s64, sdev, u32, u64, uint, word } from './printed.ts';

const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const handle = fc.oneof(
  fc.constant({ fhandleType: undefined, fhandle: undefined }),
  fc.record({
    fhandleType: uint(8),
    fhandle: fc.uint8Array({ maxLength: 32 }).map((all) => Buffer.from(all).toString('hex')),
  }),
);
const printHandle = ({
  fhandleType,
  fhandle,
}: {
  fhandleType: number | undefined;
  fhandle: string | undefined;
}) =>
  fhandle === undefined
    ? ''
    : ` fhandle-bytes:${hex(fhandle.length / 2)} fhandle-type:${hex(fhandleType ?? 0)} f_handle:${fhandle}`;
const masks = { mflags: u32, mask: u32, ignoredMask: u32 };
const fanotify: fc.Arbitrary<FanotifyLine> = fc.oneof(
  fc.record({ mark: fc.constant('group' as const), flags: u32, eventFlags: u32 }),
  fc
    .tuple(fc.record({ mark: fc.constant('inode' as const), inode: u64, device, ...masks }), handle)
    .map(([one, more]) => ({ ...one, ...more })),
  fc.record({ mark: fc.constant('mount' as const), mntId: u32, ...masks }),
  fc.record({ mark: fc.constant('filesystem' as const), device, ...masks }),
  fc.record({ mark: fc.constant('mntns' as const), inode: u64, ...masks }),
);
/** fanotify_fdinfo(). */
function printFanotify(line: FanotifyLine): string {
  if (line.mark === 'group') return `flags:${hex(line.flags)} event-flags:${hex(line.eventFlags)}`;
  const rest = `mflags:${hex(line.mflags)} mask:${hex(line.mask)} ignored_mask:${hex(line.ignoredMask)}`;
  if (line.mark === 'inode')
    return `ino:${hex(line.inode)} sdev:${sdev(line.device)} ${rest}${printHandle(line)}`;
  if (line.mark === 'mount') return `mnt_id:${hex(line.mntId)} ${rest}`;
  return line.mark === 'filesystem'
    ? `sdev:${sdev(line.device)} ${rest}`
    : `mnt_ns:${'inode' in line ? line.inode : ''} ${rest}`;
}

/** A line of fdinfo that no parser knows, its key and its value. */
const extra = fc.array(
  fc.tuple(
    word.map((key) => `x-${key}`),
    bytes(/\n/g).map((value) => `v${value}`),
  ),
  { maxLength: 4 },
);
const keptIn = (lines: readonly (readonly [string, string])[]) => {
  const kept = new Map<string, string[]>();
  for (const [key, value] of lines) kept.set(key, [...(kept.get(key) ?? []), value]);
  return kept;
};

describe('what the kernel prints of a record is parsed to it', () => {
  it('fdinfo, with the keys that are not known kept in order', () => {
    const head = fc.record({
      pos: s64,
      flags: fc.nat(0o7777777),
      mntId: u32,
      ino: fc.option(u64, { nil: undefined }),
    });
    fc.assert(
      fc.property(head, extra, ({ pos, flags, mntId, ino }, lines) => {
        const inode = ino === undefined ? '' : `ino:\t${ino}\n`;
        const printed = `pos:\t${pos}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${mntId}\n${inode}${lines.map(([key, value]) => `${key}:\t${value}\n`).join('')}`;
        expect(parseFdinfo(printed)).toEqual({ pos, flags, mntId, ino, extra: keptIn(lines) });
      }),
    );
  });

  it('tfd', () => {
    const one = fc.record({
      fd: uint(20),
      events: u32.map((all) => hex(all)),
      data: u64.map((all) => hex(all)),
      pos: s64,
      inode: u64,
      device,
    });
    fc.assert(
      fc.property(one, (tfd) => {
        const line = `${String(tfd.fd).padStart(8)} events: ${tfd.events.padStart(8)} data: ${tfd.data.padStart(16)}  pos:${tfd.pos} ino:${hex(tfd.inode)} sdev:${sdev(tfd.device)}`;
        expect(parseTfd(line)).toEqual(tfd);
      }),
    );
  });

  it('inotify and fanotify', () => {
    const watch = fc.tuple(fc.record({ wd: u32, inode: u64, device, mask: u32 }), handle);
    fc.assert(
      fc.property(watch, fanotify, ([one, more], mark) => {
        const line = `wd:${hex(one.wd)} ino:${hex(one.inode)} sdev:${sdev(one.device)} mask:${hex(one.mask)} ignored_mask:0${printHandle(more)}`;
        expect(parseInotify(line)).toEqual({ ...one, ...more });
        expect(parseFanotify(printFanotify(mark))).toEqual(mark);
      }),
    );
  });

  it('lock', () => {
    const end = fc.oneof(u64, fc.constant('EOF'));
    const lock: fc.Arbitrary<Lock> = fc
      .record({
        id: uint(20),
        waiting: fc.boolean(),
        type: fc.constantFrom('POSIX', 'FLOCK', 'OFDLCK', 'LEASE'),
        mode: fc.constantFrom('ADVISORY', 'ACTIVE'),
        access: fc.constantFrom('READ', 'WRITE'),
        pid: int,
        device: fc.option(deviceName, { nil: undefined }),
        inode: u64,
        start: u64,
        end,
      })
      .map((one) => ({ ...one, inode: one.device === undefined ? undefined : one.inode }));
    fc.assert(
      fc.property(lock, ({ id, waiting, type, mode, access, pid, device: on, inode, start, end: last }) => {
        const where = on === undefined ? '<none>:0' : `${hexDevice(on)}:${inode}`;
        const line = `${id}: ${waiting ? '-> ' : ''}${type.padEnd(6)} ${mode.padEnd(9)} ${access.padEnd(5)} ${pid} ${where} ${start} ${last}`;
        expect(parseLock(line)).toEqual({
          id,
          waiting,
          type,
          mode,
          access,
          pid,
          device: on,
          inode,
          start,
          end: last,
        });
      }),
    );
  });

  it('stat, whatever bytes the name has', () => {
    const comm = bytes(/\0/g, 15);
    fc.assert(
      fc.property(
        comm,
        uint(22),
        fc.constantFrom('R', 'S', 'D', 'Z'),
        fc.array(int, { minLength: 5, maxLength: 5 }),
        u32,
        uint(22),
        u64,
        (
          name,
          pid,
          state,
          [pgrp = 0, session = 0, ttyNr = 0, tpgid = 0, exitCode = 0],
          flags,
          numThreads,
          startTimeTicks,
        ) => {
          const printed = `${pid} (${name}) ${state} 1 ${pgrp} ${session} ${ttyNr} ${tpgid} ${flags}${' 0'.repeat(10)} ${numThreads} 0 ${startTimeTicks}${' 0'.repeat(16)} 3 0 1${' 0'.repeat(10)} ${exitCode}\n`;
          expect(parsePidStat(printed)).toEqual({
            pid,
            comm: name,
            state,
            ppid: 1,
            pgrp,
            session,
            ttyNr,
            tpgid,
            flags,
            numThreads,
            startTimeTicks,
            processor: 3,
            policy: 1,
            exitCode,
          });
        },
      ),
    );
  });

  it('status, with the keys that are not known kept', () => {
    const four = fc.tuple(u32, u32, u32, u32);
    const pids = fc.array(uint(22), { minLength: 1, maxLength: 3 });
    const masks64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(
        uint(22),
        four,
        four,
        fc.array(u32, { maxLength: 4 }),
        pids,
        masks64,
        masks64,
        extra,
        (pid, uids, gids, groups, nsPid, capEff, sigPnd, lines) => {
          const printed = `Name:\tjob\nTgid:\t${pid}\nTracerPid:\t0\nUid:\t${uids.join('\t')}\nGid:\t${gids.join('\t')}\nGroups:\t${groups.map((one) => `${one} `).join('')}\nNSpid:\t${nsPid.join('\t')}\nVmSize:\t${String(pid).padStart(8)} kB\nThreads:\t2\nSigPnd:\t${hex(sigPnd, 16)}\nShdPnd:\t${hex(0, 16)}\nCapEff:\t${hex(capEff, 16)}\n${lines.map(([key, value]) => `${key}:\t${value}\n`).join('')}`;
          const status = parsePidStatus(printed);
          expect(status).toMatchObject({
            tgid: pid,
            uids,
            gids,
            groups,
            nsPid,
            capEff,
            sigPnd,
            shdPnd: 0n,
            threads: 2,
            vmSizeKb: pid,
          });
          // of a key that is there twice the first
          for (const [key, [value]] of keptIn(lines)) expect(status?.fields.get(key)).toBe(value);
        },
      ),
    );
  });

  it('links of each form', () => {
    fc.assert(
      fc.property(u64, word, bytes(/\0/g), (inode, name, tail) => {
        expect(parseLink(`socket:[${inode}]`)).toEqual({ form: 'socket', inode });
        expect(parseLink(`pipe:[${inode}]`)).toEqual({ form: 'pipe', inode });
        expect(parseLink(`net:[${inode}]`)).toEqual({ form: 'namespace', type: 'net', inode });
        expect(parseLink(`anon_inode:[${name}]`)).toEqual({ form: 'anon', name });
        expect(parseLink(`/${tail}`)).toEqual({ form: 'path', path: `/${tail}` });
      }),
    );
  });
});
