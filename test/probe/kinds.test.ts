import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { FactType, FactValue } from '../../src/facts.ts';
import { classifier } from '../../src/probe/classify.ts';
import { claimKeys, defineKind, overlaps } from '../../src/probe/kind.ts';
import { kinds, unknown, vocabulary } from '../../src/probe/kinds/index.ts';
import { parseNetUnix } from '../../src/probe/parse/net-unix.ts';
import { errno, stat, type Tree } from '../support/fake-proc.ts';
import { fakeNative, fdinfoHead, fdTree, probeTree } from '../support/fake-process.ts';
import { netTables } from '../support/net-tables.ts';
import { type Sample, samples, statOf } from '../support/samples.ts';

const probeFolder = fileURLToPath(new URL('../../src/probe', import.meta.url));
const declared = (kind: string): Readonly<Record<string, FactType>> => ({
  ...vocabulary.common,
  ...vocabulary.kinds[kind],
});
const asks = [...Object.keys(vocabulary.common), ...Object.values(vocabulary.kinds).flatMap(Object.keys)];

function treeOf({ link, fdinfo = fdinfoHead(), ...sample }: Sample, more: Tree = {}): Tree {
  const net = Object.fromEntries(Object.entries(netTables).map(([name, text]) => [`7/net/${name}`, text]));
  const named = { '7/fd/3': statOf({ link, ...sample }) };
  return fdTree(3, link, fdinfo, { stats: named, ...more, texts: { ...net, ...more.texts } });
}

/** The rows of net/unix as sock_diag(7) would tell them. */
const unixRows = new Map(
  parseNetUnix(netTables.unix).rows.map(({ inode, type, state, flags, path }) => {
    const name = path.startsWith('@') ? `\0${path.slice(1)}` : path;
    const row = { type, peer: undefined, pending: [], receiveQueue: 0, sendQueue: 0, shutdown: 0, name };
    return [inode, { ...row, state: flags === 0x10000 ? 10 : state === 3 ? 1 : 7 }];
  }),
);

const read = (sample: Sample, more: Tree = {}) => {
  const protocols = sample.protocol === undefined ? {} : { '/fake/7/fd/3': sample.protocol };
  return probeTree(treeOf(sample, more), { native: fakeNative({ protocols, unix: unixRows }), asks }).fd(3);
};

const typeOf = (value: FactValue): string => (Array.isArray(value) ? 'list' : typeof value);

describe.each(samples)('$kind $link', (sample) => {
  const file = read(sample);

  it('is told, with its f_op and facts', () => {
    expect(file).toMatchObject({
      kind: sample.kind,
      fop: sample.fop,
      path: sample.link,
      facts: sample.facts ?? {},
    });
  });

  it('has declared facts alone, each of its type or null', () => {
    const types = declared(file.kind);
    const wrong = Object.entries(file.facts).filter(
      ([name, value]) => value !== null && typeOf(value) !== types[name],
    );
    expect(wrong).toEqual([]);
    expect(Object.keys(file.facts).filter((name) => types[name] === undefined)).toEqual([]);
  });
});

describe('the kinds without the native calls', () => {
  const plain = samples.filter(({ link }) => !link.startsWith('socket:'));
  it.each(plain)('$kind $link is the same', (sample) => {
    const { kind, fop } = probeTree(treeOf(sample)).fd(3);
    expect([kind, fop]).toEqual([sample.kind, sample.fop]);
  });

  it.each([
    ['501', 'tcp'],
    ['503', 'udp'],
    ['504', 'raw'],
    ['505', 'unix'],
    ['507', 'netlink'],
    ['508', 'packet'],
    ['502', 'socket'],
  ])('socket %s is found in the tables as %s', (inode, kind) => {
    const file = probeTree(treeOf({ kind, link: `socket:[${inode}]`, fop: '' })).fd(3);
    expect(file.kind).toBe(kind);
    expect(file.facts.protocol === null).toBe(kind === 'socket');
  });

  it('tables that cannot be read leave the protocol unknown, and that is told', () => {
    const file = probeTree(
      treeOf({ kind: 'socket', link: 'socket:[501]', fop: '' }, { texts: { '7/net/tcp': errno('EACCES') } }),
    ).fd(3);
    expect(file).toMatchObject({ kind: 'socket', facts: { protocol: null } });
    expect(file.unread).toContainEqual({
      pid: 7,
      call: 'read net tables',
      errno: 'EACCES',
      facts: ['protocol'],
    });
  });
});

describe('every kind', () => {
  it.each(kinds)('$name has a sample, or it is the one for all the rest', ({ name }) => {
    expect(samples.map(({ kind }) => kind)).toContain(name);
  });

  it.each(kinds)('$name: what it declares is read, of a sample or across the tree', ({ name, facts }) => {
    const seen = new Set(
      samples.filter(({ kind }) => kind === name).flatMap((sample) => Object.keys(read(sample).facts)),
    );
    const relations = readdirSync(`${probeFolder}/relate`).map((file) =>
      readFileSync(`${probeFolder}/relate/${file}`, 'utf8'),
    );
    const missing = Object.keys(facts)
      .filter((fact) => !seen.has(fact))
      .filter((fact) => !relations.some((text) => new RegExp(`\\b${fact}\\b`).test(text)));
    expect(missing).toEqual([]);
  });

  it('is one file of the folder and one line of the list', () => {
    const files = readdirSync(`${probeFolder}/kinds`);
    const defined = files.flatMap((file) => {
      const text = readFileSync(`${probeFolder}/kinds/${file}`, 'utf8');
      return [...text.matchAll(/defineKind\(\{\s*name: '([^']+)'/g)].map((match) => match[1] ?? '');
    });
    const noFiles = ['mount', 'network-device'];
    expect(defined.filter((name) => !noFiles.includes(name)).sort()).toEqual(
      kinds.map(({ name }) => name).sort(),
    );
    expect(Object.keys(vocabulary.kinds).sort()).toEqual([...defined, 'process'].sort());
  });

  it('has a name of its own that is fit for a metric label, and claims something', () => {
    const names = kinds.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, claim } of kinds) {
      expect(name).toMatch(/^[a-z][a-z0-9_-]*$/);
      expect(claimKeys(claim).length).toBeGreaterThan(0);
    }
  });

  it('declares no fact of another type than the common one of that name', () => {
    for (const { facts } of kinds) {
      for (const [name, type] of Object.entries(facts)) expect(vocabulary.common[name] ?? type).toBe(type);
    }
  });
});

describe('claims', () => {
  const kind = (name: string, claim: Parameters<typeof claimKeys>[0]) =>
    defineKind({ name, claim, facts: {}, fop: '' });

  it('of the list do not overlap', () => {
    expect(overlaps(kinds)).toEqual([]);
  });

  it.each<[key: string, first: Parameters<typeof claimKeys>[0], second: Parameters<typeof claimKeys>[0]]>([
    ['anon x', { anon: ['y', 'x'] }, { anon: ['x'] }],
    ['link pipe', { link: 'pipe' }, { link: 'pipe' }],
    ['prefix /a', { prefix: ['/a'] }, { prefix: ['/b', '/a'] }],
    ['fsType proc', { fsType: 'proc' }, { fsType: 'proc' }],
    ['protocol TCP', { protocol: ['TCP'] }, { protocol: ['TCP'] }],
    ['type char', { type: 'char' }, { type: 'char' }],
    ['type char 5', { type: 'char', majors: [4, 5] }, { type: 'char', majors: [5] }],
  ])('two of %s are seen, and stop the start', (key, first, second) => {
    const both = [kind('one', first), kind('two', second)];
    expect(overlaps(both)).toEqual([`two and one both claim ${key}`]);
    expect(() => classifier(both, unknown)).toThrow(`two and one both claim ${key}`);
  });

  it('of a type and of some of its majors stand side by side', () => {
    expect(overlaps([kind('one', { type: 'char' }), kind('two', { type: 'char', majors: [5] })])).toEqual([]);
  });
});

it('a file whose type is none of inode(7) is unknown', () => {
  expect(
    read({ kind: 'unknown', link: '/x', fop: '' }, { stats: { '7/fd/3': stat({ type: 'none' }) } }).kind,
  ).toBe('unknown');
});
