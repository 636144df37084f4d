import { describe, expect, it } from 'vitest';
import type { System } from '../../../../src/probe/native/system.ts';
import type { Loaded } from '../../../../src/probe/native/task-file/load.ts';
import { createTaskFiles } from '../../../../src/probe/native/task-file/reader.ts';
import { magics, readRecord, type Values } from '../../../support/file-record.ts';

const files = createTaskFiles({} as System, {} as Loaded, { eventfds: true, eventpolls: true });
const told = (values: Values) =>
  files.told(readRecord('socket:[1]', { magic: magics.sockfs, showsFdinfo: 1, sock: 1, ...values }), false);

const [STREAM, DGRAM, TCP, UDP] = [1, 2, 6, 17];
const [ESTABLISHED, SYN_SENT, CLOSE, LISTEN] = [1, 2, 7, 10];
const port = (number: number) => Buffer.from([number >> 8, number & 255]);
const v4 = (...bytes: readonly number[]) => Buffer.from(bytes);
const v6 = (hex: string) => Buffer.from(hex, 'hex');

const unix = {
  family: 1,
  type: STREAM,
  state: ESTABLISHED,
  cookie: 7,
  protocolName: Buffer.from('UNIX-STREAM\0x'),
};
const tcp = {
  ...{ family: 2, type: STREAM, protocol: TCP, protocolName: Buffer.from('TCP'), netNs: 4026531840 },
  ...{ ownPort: port(8080), boundAddress: v4(127, 0, 0, 1), sendMemory: 1 },
};
const udp = { ...tcp, type: DGRAM, protocol: UDP, protocolName: Buffer.from('UDP'), state: CLOSE };

describe('the record of a unix socket', () => {
  it('tells what it would say itself', () => {
    const peer = { peer: 9, peerNameBytes: 6, peerName: Buffer.from('\x01\0\0abc') };
    const file = told({
      ...unix,
      ...peer,
      flags: 0o4002,
      sendBufferBytes: 212992,
      netNs: 4026531840,
      nameBytes: 2,
    });
    expect(file?.info).toBe('pos:\t0\nflags:\t04002\nmnt_id:\t0\nino:\t0\nscm_fds: 0\n');
    expect(file?.socket).toEqual({
      ...{
        protocolName: 'UNIX-STREAM',
        domain: 1,
        type: STREAM,
        protocol: 0,
        listening: false,
        corked: undefined,
      },
      ...{
        hasPeer: true,
        passControl: false,
        ebpfFilter: false,
        boundDeviceGone: false,
        sendBufferBytes: 212992,
      },
      ...{ flags: 0o4002, netNsInode: '4026531840', inet: undefined },
      unix: {
        ...{ readable: false, hungUp: false, queuedBytes: 0, cookie: '7', name: '', peerName: '\0abc' },
        boundPath: undefined,
      },
    });
  });

  it.each([
    [
      'listens',
      { state: LISTEN },
      { listening: true, hasPeer: false, unix: { queuedBytes: undefined, readable: false } },
    ],
    ['is not connected', { state: CLOSE }, { unix: { hungUp: true, readable: true, peerName: undefined } }],
    [
      'is of datagrams',
      { state: CLOSE, type: DGRAM },
      { listening: false, unix: { hungUp: false, readable: false } },
    ],
  ])('that %s', (_, values, expected) => {
    expect(told({ ...unix, ...values })?.socket).toMatchObject(expected);
  });

  it.each([
    ...[
      'received',
      'errors',
      'error',
      'shutdown',
      'fdsInFlight',
      'boundDentry',
      'passes',
      'timestamps',
      'filter',
    ],
    ...['boundDevice', 'userData', 'lockContext'],
  ])('does not tell all where there is something of %s', (name) => {
    expect(told({ ...unix, [name]: 1 })).toBeUndefined();
    expect(told({ ...unix, [name]: 2n ** 40n })).toBeUndefined();
  });

  it('does not before it has a cookie, or has a sock', () => {
    expect(told({ ...unix, cookie: 0 })).toBeUndefined();
    expect(told({ ...unix, sock: 0 })).toBeUndefined();
  });
});

describe('the record of an internet socket', () => {
  it.each([
    [
      'listens',
      { ...tcp, state: LISTEN, waiting: 2, receiveMemory: 9, remotePort: port(1) },
      {
        listening: true,
        hasPeer: false,
        inet: { state: LISTEN, receiveQueue: 2, sendQueue: 0, local: '127.0.0.1:8080', remote: '' },
      },
    ],
    [
      'is connected',
      {
        ...tcp,
        state: ESTABLISHED,
        remotePort: port(443),
        remoteAddress: v4(10, 0, 0, 2),
        receiveMemory: 768,
        sendMemory: 2305,
      },
      {
        listening: false,
        hasPeer: true,
        inet: { state: ESTABLISHED, receiveQueue: 768, sendQueue: 2304, remote: '10.0.0.2:443' },
      },
    ],
    [
      'was connected',
      { ...tcp, state: CLOSE, remotePort: port(443), remoteAddress: v4(10, 0, 0, 2) },
      { hasPeer: true, inet: { state: CLOSE, remote: '' } },
    ],
    [
      'connects',
      { ...tcp, state: SYN_SENT, remotePort: port(443), remoteAddress: v4(10, 0, 0, 2) },
      { hasPeer: true, inet: { state: SYN_SENT, remote: '' } },
    ],
    [
      'has an address it did not ask for',
      {
        ...tcp,
        state: ESTABLISHED,
        boundAddress: v4(0, 0, 0, 0),
        ownAddress: v4(10, 0, 0, 1),
        remotePort: port(1),
      },
      { inet: { local: '10.0.0.1:8080' } },
    ],
    [
      'is of IPv6',
      {
        ...{
          ...tcp,
          family: 10,
          protocolName: Buffer.from('TCPv6'),
          state: ESTABLISHED,
          remotePort: port(9),
        },
        ...{ boundAddress6: v6(`${'0'.repeat(31)}1`), remoteAddress6: v6(`${'0'.repeat(20)}ffff0a000002`) },
      },
      { protocolName: 'TCPv6', inet: { local: '[::1]:8080', remote: '[::ffff:10.0.0.2]:9' } },
    ],
    [
      'is of IPv6, and has an address it did not ask for',
      { ...tcp, family: 10, state: ESTABLISHED, ownAddress6: v6(`fe80${'0'.repeat(27)}2`) },
      { inet: { local: '[fe80::2]:8080' } },
    ],
    [
      'is of datagrams',
      udp,
      { corked: false, hasPeer: false, listening: false, inet: { state: CLOSE, remote: '' } },
    ],
    [
      'is of datagrams, connected',
      { ...udp, state: ESTABLISHED, remotePort: port(53), remoteAddress: v4(9, 9, 9, 9) },
      { hasPeer: true, inet: { state: ESTABLISHED, remote: '9.9.9.9:53' } },
    ],
  ])('that %s', (_, values: Values, expected) => {
    const file = told(values);
    expect(file?.socket).toMatchObject(expected);
    expect(file?.info).toBe('pos:\t0\nflags:\t00\nmnt_id:\t0\nino:\t0\n');
  });

  it.each([
    ['is corked', { ...udp, corked: 1 }],
    ['is raw', { ...udp, type: 3, protocol: 1 }],
    ['is MPTCP', { ...tcp, protocol: 262 }],
    ['is UDP-Lite', { ...udp, protocol: 136 }],
    ['is of another family', { ...tcp, family: 16 }],
    ['is bound to a device', { ...tcp, boundDevice: 3 }],
    ['has a filter', { ...tcp, filter: 1 }],
  ])('does not tell all where it %s', (_, values: Values) => {
    expect(told({ state: ESTABLISHED, ...values })).toBeUndefined();
  });
});
