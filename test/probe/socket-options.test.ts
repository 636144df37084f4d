import { describe, expect, it } from 'vitest';
import type { Draft } from '../../src/probe/draft.ts';
import { addSocketOptions, socketOptionFacts } from '../../src/probe/kinds/socket-options.ts';
import type { SocketOptions } from '../../src/probe/native/native.ts';
import type { Scan } from '../../src/probe/scan.ts';

const quiet: SocketOptions = {
  protocolName: 'TCP',
  domain: 2,
  type: 1,
  protocol: 6,
  listening: false,
  corked: undefined,
  hasPeer: false,
  passControl: false,
  ebpfFilter: false,
  boundDeviceGone: false,
  sendBufferBytes: undefined,
  flags: 2,
  netNsInode: '10',
  inet: undefined,
  unix: undefined,
};
const facts = {
  wasConnected: false,
  acceptsConnections: false,
  passControl: false,
  ebpfFilter: false,
  boundDeviceGone: false,
  socketNetNs: 'own',
};

/** The facts of a socket that says so of itself, of a process in the namespace 10, where the engine is in 11. */
function factsOf(said: SocketOptions | { readonly errno: string }, asks = ['corked']) {
  const link = { form: 'socket', text: 'socket:[5]', inode: '5' };
  const draft = { pid: 7, fd: 3, link, facts: {}, unread: [] } as unknown as Draft;
  const scan = {
    asks: new Set(asks),
    native: { socketOptions: () => said },
    namespace: () => 'net:[10]',
    engineNamespace: () => 'net:[11]',
  } as unknown as Scan;
  const inet = addSocketOptions(draft, scan);
  return { facts: draft.facts, unread: draft.unread, replaced: draft.replaced, inet };
}

const unix = {
  readable: false,
  queuedBytes: 0,
  hungUp: false,
  name: '',
  peerName: '',
  cookie: '1',
  boundPath: '/run/x',
};
const inet = { state: 1, receiveQueue: 0, sendQueue: 0, local: '', remote: '' };

describe('what a socket says of itself', () => {
  it.each([
    ['nothing out of the ordinary', {}, {}],
    ['it is or was connected', { hasPeer: true }, { wasConnected: true }],
    ['it listens', { listening: true }, { acceptsConnections: true }],
    ['control data', { passControl: true }, { passControl: true }],
    ['a filter that cannot be read back', { ebpfFilter: true }, { ebpfFilter: true }],
    ['a device that is gone', { boundDeviceGone: true }, { boundDeviceGone: true }],
    ['corked', { corked: true }, { corked: true }],
    ['its buffer', { sendBufferBytes: 9 }, { sendBufferBytes: 9 }],
    ['the file it is bound to', { unix }, { boundPath: '/run/x' }],
    ['the namespace of the engine', { netNsInode: '11' }, { socketNetNs: 'engine' }],
    ['a third namespace', { netNsInode: '12' }, { socketNetNs: 'other' }],
    ['a namespace that is not told', { netNsInode: null }, { socketNetNs: null }],
  ] as const)('%s', (_, said, differs) => {
    expect(factsOf({ ...quiet, ...said }).facts).toEqual({ ...facts, ...differs });
  });

  it('the state of an internet socket is handed on', () => {
    expect(factsOf({ ...quiet, inet }).inet).toEqual(inet);
    expect(factsOf(quiet).inet).toBeUndefined();
  });

  it('one that may not be asked leaves every fact unread, one that is gone none', () => {
    const none = Object.fromEntries(Object.keys(socketOptionFacts).map((name) => [name, null]));
    expect(factsOf({ errno: 'EPERM' })).toMatchObject({
      facts: none,
      unread: [{ pid: 7, call: 'pidfd_getfd', errno: 'EPERM' }],
    });
    expect(factsOf({ errno: 'EPERM' }).replaced).toBeUndefined();
    expect(factsOf({ errno: 'ESRCH' })).toMatchObject({ facts: {}, unread: [], replaced: true });
  });

  it('is not asked where the policy asks for none of it', () => {
    expect(factsOf(quiet, ['offset']).facts).toEqual({});
  });
});
