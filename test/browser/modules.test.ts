import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeBytes, escapeControl } from '../../src/server/escape.ts';

/** The page's modules are JavaScript: those that need no browser. */
const load = (name: string) => import(new URL(`../../src/server/page/site/${name}.js`, import.meta.url).href);
const [escaping, target, live, report] = await Promise.all(['escape', 'target', 'live', 'report'].map(load));

describe('escape.js', () => {
  it('escapes as the agent does', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('\u202e', '\u200b', '\\', '\u2028', '\ud800'),
    );
    fc.assert(
      fc.property(fc.array(unit), (parts) => {
        const text = parts.join('');
        expect(escaping.escapeControl(text)).toBe(escapeControl(text));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const pathBase64 = Buffer.from(bytes).toString('base64');
        expect(escaping.shownPath({ path: '?', pathBase64 })).toBe(escapeBytes(bytes));
      }),
    );
  });
});

describe('target.js', () => {
  const uid = '0f6a8a4c-1111-4222-8333-000000000001';
  it.each([
    [' 4312 ', { pid: '4312' }, 'processes/4312'],
    ['12345678', { container: '12345678' }, 'containers/12345678'],
    [
      'containerd://3f2a91c07be4',
      { container: 'containerd://3f2a91c07be4' },
      'containers/containerd%3A%2F%2F3f2a91c07be4',
    ],
    ['shop/cart', { pod: 'shop/cart' }, 'pods/shop/cart'],
    [uid, { pod: uid }, `pods/${uid}`],
    [
      '/system.slice/a b.service',
      { cgroup: '/system.slice/a b.service' },
      'cgroups/system.slice/a%20b.service',
    ],
    ['system.slice/x.service', { cgroup: 'system.slice/x.service' }, 'cgroups/system.slice/x.service'],
    ['/a/ready', { cgroup: '/a/ready' }, 'cgroups/a%2Fready'],
    ['/watch', { cgroup: '/watch' }, 'cgroups/watch'],
  ])('%s', (typed, asked, path) => {
    expect(target.parseTyped(typed)).toEqual(asked);
    expect(target.apiPath(asked, [])).toBe(`v1/${path}?format=json`);
    expect(target.fromHash(target.toHash(asked, ['a=1&b', 'c']))).toEqual({ asked, options: ['a=1&b', 'c'] });
  });
  it.each(['', 'cart', 'a b', 'a/b/c', '/'])('expects another than "%s"', (typed) => {
    expect(target.parseTyped(typed)).toBeUndefined();
  });
  it('no address of the page leads elsewhere than to a target', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('pid', 'container', 'pod', 'cgroup'), (value, key) => {
        const found = target.fromHash(`#${new URLSearchParams({ [key]: value })}`);
        if (found === undefined) return;
        const { origin, pathname } = new URL(
          target.apiPath(found.asked, found.options),
          'http://agent.test/',
        );
        expect(origin).toBe('http://agent.test');
        expect(pathname).toMatch(/^\/v1\/(processes|containers|pods|cgroups)\//);
      }),
    );
  });
});

describe('live.js', () => {
  it('reads events however they are cut', () => {
    const text =
      'retry: 5000\n\nid: 1\nevent: report\ndata: {"a":"\\n"}\n\nid: 2\nevent: heartbeat\ndata: {"b":2}\n\n';
    const whole = [
      { event: 'report', data: { a: '\n' } },
      { event: 'heartbeat', data: { b: 2 } },
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const places = [0, ...[...cuts].sort((a, b) => a - b), text.length];
        const parse = live.createParser();
        expect(places.slice(1).flatMap((end, i) => parse(text.slice(places[i], end)))).toEqual(whole);
      }),
    );
  });
});

describe('report.js', () => {
  const part = (name: string, verdict: string, reason: string) => ({
    target: {
      type: 'container',
      container: { id: name.repeat(16), name, runtime: 'runc', role: 'container' },
      pod: { uid: 'u', namespace: 'n', name: 'p' },
    },
    verdict,
    reason,
    message: 'm',
    counts: { processes: 1, files: 2 },
    findings: [],
    options: { needed: [] },
  });
  const rows = (...parts: readonly unknown[]) => report.rowsOf({ parts });
  it('a pod has the worst verdict of its containers, and one that is not known is unknown', () => {
    const [pod, ...others] = rows(part('aaaa', 'ready', 'Ready'), part('bbbb', 'strange', 'New'));
    expect([pod.name, pod.verdict, pod.reason, pod.files]).toEqual(['n/p', 'unknown', 'New', 4]);
    expect(others).toHaveLength(2);
  });
  it('tells what came, changed and went', () => {
    const before = rows(part('aaaa', 'ready', 'Ready'), part('bbbb', 'ready', 'Ready'));
    const now = rows(part('aaaa', 'not-ready', 'X'), part('cccc', 'ready', 'Ready'));
    type Change = { row: { name: string }; before?: unknown; gone: boolean };
    const said = report
      .changesBetween(before, now)
      .map(({ row, before: was, gone }: Change) => [row.name, was !== undefined, gone]);
    expect(said).toEqual([
      ['n/p', true, false],
      ['aaaa', true, false],
      ['cccc', false, false],
      ['bbbb', true, true],
    ]);
  });
  it('findings of one rule together: said of all where it is the same, else of each', () => {
    const one = {
      outcome: 'refused',
      phase: 'dump',
      rule: 'r',
      reason: 'R',
      message: 'm',
      advice: 'a',
      lift: ['x'],
    };
    const [same, ...none] = report.groupFindings([one, { ...one, advice: 'b' }]);
    expect(none).toEqual([]);
    expect(same).toMatchObject({ message: 'm', advice: '', lift: ['x'] });
    expect(report.groupFindings([one, { ...one, message: 'n', lift: ['y'] }])).toMatchObject([
      { message: '', lift: [] },
    ]);
    expect(report.groupFindings([one, { ...one, phase: 'restore' }])).toHaveLength(2);
  });
  it('kinds by outcome: the worst that is said of a reason, unknown where nothing is', () => {
    const finding = (outcome: string, kind: string, reason: string) => ({ outcome, reason, file: { kind } });
    const kinds = report.kindsOf({
      rejected: [
        { kind: 'tcp', reason: 'A', files: 2 },
        { kind: 'tcp', reason: 'B', files: 1 },
        { kind: 'regular', reason: 'C', files: 5 },
      ],
      findings: [
        finding('refused', 'tcp', 'A'),
        finding('needs-option', 'tcp', 'A'),
        finding('needs-option', 'tcp', 'B'),
      ],
    });
    expect(kinds).toMatchObject([
      { kind: 'regular', refused: 0, unknown: 5, needsOption: 0 },
      { kind: 'tcp', refused: 2, unknown: 0, needsOption: 1 },
    ]);
  });
});
