import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../../src/server/access/access.ts';
import { addressId, sha256 } from '../../../src/server/access/caller.ts';
import { createClients } from '../../../src/server/access/clients.ts';
import type { Secrets } from '../../../src/server/access/secrets.ts';
import { findToken, parseTokens } from '../../../src/server/access/tokens.ts';
import type { AgentError } from '../../../src/server/errors.ts';

const long = (letter: string) => letter.repeat(32);
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as AgentError).code;
  }
  return 'none';
};

describe('the token file', () => {
  it('has a role and a token in each line', () => {
    const { tokens, problems } = parseTokens(
      `# comment\n\n  auditor ${long('a')}\r\nviewer\t${long('b')}  \n`,
    );
    expect(problems).toEqual([]);
    expect(tokens.map(({ role }) => role)).toEqual(['auditor', 'viewer']);
    expect(tokens[0]?.digest).toEqual(sha256(long('a')));
  });

  it('what is wrong has its line, all at once, and no token in it', () => {
    const text = `root ${long('a')}\nauditor ${'s'.repeat(31)}\nviewer ${long('c')} more\nviewer ${long('ü')}\nauditor\nviewer ${long('d')}\nauditor ${long('d')}\n`;
    const { problems } = parseTokens(text);
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 7]);
    expect(JSON.stringify(problems)).not.toMatch(/(.)\1{20}/u);
    expect(problems[1]?.message).toBe('expected a token of at least 32 characters, got 31');
  });

  it('with no token in it is a mistake', () => {
    expect(parseTokens('# none\n').problems).toHaveLength(1);
  });

  it('finds the token that was given and no other', () => {
    const { tokens } = parseTokens(`viewer ${long('a')}\nauditor ${long('b')}`);
    fc.assert(fc.property(fc.string(), (text) => findToken(tokens, text) === undefined));
    expect(findToken(tokens, long('b'))?.role).toBe('auditor');
    expect(findToken(tokens, `${long('b')} `)).toBeUndefined();
  });
});

describe('the limits of a caller', () => {
  const limits = { rate: 10, checks: 2, watches: 2, remembered: 3 };

  it('twice the rate at once, then the rate', () => {
    let now = 0;
    const clients = createClients(limits, () => now);
    const spend = () => codeOf(() => clients.spend('a', 1));
    expect(Array.from({ length: 21 }, spend)).toEqual([...Array(20).fill('none'), 'TooBusy']);
    now += 100;
    expect([spend(), spend()]).toEqual(['none', 'TooBusy']);
    now += 60_000;
    expect(Array.from({ length: 21 }, spend).at(-1)).toBe('TooBusy');
    expect(codeOf(() => clients.spend('b', 1))).toBe('none');
  });

  it('a batch is let in whole and waited for afterwards', () => {
    let now = 0;
    const clients = createClients(limits, () => now);
    clients.spend('a', 120);
    try {
      clients.spend('a', 1);
    } catch (error) {
      expect((error as AgentError).retryAfterSeconds).toBe(11);
    }
    now = 10_000;
    expect(codeOf(() => clients.spend('a', 1))).toBe('TooBusy');
    now = 10_200;
    expect(codeOf(() => clients.spend('a', 1))).toBe('none');
  });

  it('over any time no more than burst and rate together', () => {
    const steps = fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 3 })), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (asked) => {
        let now = 0;
        let let_in = 0;
        const clients = createClients(limits, () => now);
        for (const [wait, requests] of asked) {
          now += wait;
          if (codeOf(() => clients.spend('a', requests)) === 'none') let_in += requests;
        }
        return let_in <= 20 + (now / 1000) * 10 + 3;
      }),
    );
  });

  it('so many checks and watches at the same time; an end counts once', () => {
    const clients = createClients(limits, () => 0);
    const end = clients.begin('a');
    clients.begin('a');
    expect(codeOf(() => clients.begin('a'))).toBe('TooBusy');
    end();
    end();
    clients.begin('a');
    expect(codeOf(() => clients.begin('a'))).toBe('TooBusy');
    clients.watch('a');
    clients.watch('a');
    expect(codeOf(() => clients.watch('a'))).toBe('TooManyWatchers');
  });

  it('a crowd of addresses takes no memory: the one longest idle is forgotten, none that is at work', () => {
    const clients = createClients(limits, () => 0);
    const end = clients.begin('at work');
    for (let i = 0; i < 1000; i++) clients.spend(`address ${i}`, 1);
    expect(clients.size()).toBe(3);
    clients.begin('at work');
    expect(codeOf(() => clients.begin('at work'))).toBe('TooBusy');
    for (const other of ['b', 'c']) clients.begin(other);
    expect(codeOf(() => clients.spend('new', 1))).toBe('TooBusy');
    end();
  });

  it('0 is any', () => {
    const clients = createClients({ ...limits, rate: 0, checks: 0 }, () => 0);
    for (let i = 0; i < 1000; i++) clients.spend('a', 1);
    for (let i = 0; i < 1000; i++) clients.begin('a');
  });
});

it.each([
  [undefined, 'unix'],
  ['10.0.0.7', 'address 10.0.0.7'],
  ['::ffff:10.0.0.7', 'address 10.0.0.7'],
  ['::1', 'address ::1'],
  ['2001:db8:1:2:3:4:5:6', 'address 2001:db8:1:2::/64'],
  ['2001:db8::5:6', 'address 2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'address fe80:0:0:0::/64'],
])('the address %s is counted as %s', (address, id) => {
  expect(addressId(address)).toBe(id);
});

describe('who is let in', () => {
  const tls = (clientCa: string) => ({ context: {}, clientCa, validTo: new Date(0) });
  const { tokens } = parseTokens(`auditor ${long('a')}\nviewer ${long('b')}`);
  const start = (secrets: Secrets, anonymousRole: 'auditor' | 'viewer' | 'none' = 'auditor') =>
    createAccess({
      secrets,
      anonymousRole,
      clients: createClients({ rate: 0, checks: 0, watches: 9, remembered: 9 }, () => 0),
    });
  const certificate = (...OU: string[]) => ({ raw: Buffer.from('der'), subject: { OU } });
  const tcp = { address: '10.0.0.7' };

  it('anyone, where nothing is required: as the anonymous role says', () => {
    expect(start({}).enter(tcp)).toMatchObject({ id: 'address 10.0.0.7', role: 'auditor' });
    expect(start({}, 'viewer').enter({ ...tcp, authorization: 'Bearer x' }).role).toBe('viewer');
    expect(codeOf(() => start({ tokens }, 'none').enter({}))).toBe('Unauthenticated');
  });

  it('a token, where there is a file of them', () => {
    const access = start({ tokens });
    expect(codeOf(() => access.enter(tcp))).toBe('Unauthenticated');
    for (const wrong of [
      '',
      long('a'),
      `Basic ${long('a')}`,
      `Bearer ${long('c')}`,
      `Bearer ${long('a')} x`,
    ]) {
      expect(codeOf(() => access.enter({ ...tcp, authorization: wrong }))).toBe('Unauthenticated');
      // a wrong one is never as good as none
      expect(codeOf(() => access.enter({ authorization: wrong, certificate: certificate() }))).toBe(
        'Unauthenticated',
      );
    }
    const caller = access.enter({ ...tcp, authorization: `bearer ${long('b')}` });
    expect([caller.role, caller.id]).toEqual([
      'viewer',
      `token ${sha256(long('b')).toString('hex').slice(0, 8)}`,
    ]);
    access.replace({ tokens: tokens.slice(0, 1) });
    expect([
      caller.holds(),
      codeOf(() => access.enter({ ...tcp, authorization: `Bearer ${long('b')}` })),
    ]).toEqual([false, 'Unauthenticated']);
  });

  it('a certificate, as long as the same authorities are trusted', () => {
    const access = start({ tls: tls('ca') });
    expect(access.required()).toBe(true);
    expect(codeOf(() => access.enter(tcp))).toBe('Unauthenticated');
    expect(access.enter({ ...tcp, certificate: certificate('viewer') }).role).toBe('viewer');
    expect(access.enter({ ...tcp, certificate: certificate('a', 'viewer') }).role).toBe('viewer');
    const caller = access.enter({ ...tcp, certificate: certificate('Viewer') });
    expect([caller.role, caller.holds()]).toEqual(['auditor', true]);
    access.replace({ tls: tls('another') });
    expect(caller.holds()).toBe(false);
  });

  it('one that shows a certificate nobody asked for is anonymous', () => {
    expect(start({ tls: tls('') }, 'viewer').enter({ ...tcp, certificate: certificate() }).id).toBe(
      'address 10.0.0.7',
    );
  });
});
