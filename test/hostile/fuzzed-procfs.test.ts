import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judge } from '../../src/policy/judge.ts';
import { readOptions } from '../../src/policy/options.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Judgement } from '../../src/policy/report.ts';
import { loadNative } from '../../src/probe/native/koffi.ts';
import type { Native } from '../../src/probe/native/native.ts';
import { createProbe } from '../../src/probe/probe.ts';
import { failed, type Proc, realProc } from '../../src/probe/proc.ts';
import { until } from '../e2e/support.ts';
import { anything, loud, showing } from '../support/damage.ts';
import { remove, temporary } from '../support/held.ts';
import { builtin } from '../support/policy.ts';
import { acting, type Damage, type Recording, recorder, replay } from './recorded.ts';

/** A real process as procfs showed it once, each with one thing in the way; its program is `sleep`. */
const blockers: readonly { readonly name: string; readonly shell: string }[] = [
  { name: 'a character device', shell: 'exec sleep 600 3<>/dev/fuse' },
  { name: 'a lock', shell: 'exec 3>lock; flock 3; exec sleep 600' },
  {
    name: 'a large deleted file',
    shell: 'exec 3>big; head -c 3000000 /dev/zero >&3; rm big; exec sleep 600',
  },
  { name: 'a connection', shell: 'exec 3<>/dev/tcp/127.0.0.1/$PORT; exec sleep 600' },
];
/** The seed has nothing against them. */
const unseen: ReadonlySet<string> = new Set(['a lock', 'a connection']);
/** Whoever runs the tests may leave something open. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is of the shell
const closeInherited = 'for at in /proc/$$/fd/*; do at=${at##*/}; ((at > 2)) && eval "exec $at>&-"; done';
const policies = [builtin('criu'), builtin('cr-check-file')];

interface Recorded {
  readonly pid: number;
  readonly recording: Recording;
  readonly hasNative: boolean;
}

type Said = Judgement | { readonly errno: string };
function say({ pid, recording, hasNative }: Recorded, policy: Policy, damage: Damage = new Map()): Said {
  const { proc, native } = replay(
    recording,
    '/proc',
    hasNative,
    new Map([...damage].map(([key, answer]) => [key, loud(answer)])),
  );
  const facts = createProbe(proc, native)({ pid, type: 'tree', asks: policy.asks });
  if (facts === 'kernel-thread') return { errno: facts };
  if (failed(facts)) return facts;
  const options = readOptions([], policy.options);
  return judge(facts, {
    policy,
    options,
    engineVersion: policy.engineVersion,
    versionSource: 'assumed',
    show: 'all',
  });
}

const isText = (key: string) => /^read(Text|Piece) /.test(key);

function damages(
  recording: Recording,
  how: (key: string, answer: unknown) => fc.Arbitrary<unknown>,
  most: number,
) {
  const keys = [...recording.keys()];
  return fc
    .uniqueArray(fc.constantFrom(...keys), { minLength: 1, maxLength: most })
    .chain((chosen) =>
      fc.tuple(...chosen.map((key) => how(key, recording.get(key)).map((answer) => [key, answer] as const))),
    )
    .map((all): Damage => new Map(all));
}
/** The rest of the machine is not part of the recording. */
const withoutOthers = (proc: Proc, pid: number): Proc => ({
  ...proc,
  list: (path) => {
    const names = proc.list(path);
    return path !== '' || failed(names)
      ? names
      : names.filter((name) => !/^\d/.test(name) || [1, pid].includes(Number(name)));
  },
});
const refusing = (native: Native): Native =>
  new Proxy(native, {
    get: (_, name) => {
      if (acting.has(String(name))) return Reflect.get(native, name);
      return () => (name === 'eventpollFds' ? undefined : { errno: 'ENOSYS' });
    },
  });
const isReady = (said: Said) => !failed(said) && said.verdict === 'ready';

describe('a real process whose procfs is damaged', () => {
  const dir = temporary();
  const children: ChildProcess[] = [];
  const recorded = new Map<string, Recorded>();
  let server: Server;

  beforeAll(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await until(() => server.listening, 'it listens');
    const { port } = server.address() as { port: number };
    const { native } = loadNative();
    writeFileSync(join(dir, 'input'), '');
    const [input, output] = [openSync(join(dir, 'input'), 'r'), openSync(join(dir, 'output'), 'a')];
    for (const { name, shell } of [...blockers, { name: 'nothing', shell: 'exec sleep 600' }]) {
      const child = spawn('bash', ['-c', `${closeInherited}; ${shell}`], {
        cwd: dir,
        detached: true,
        // the seed refuses /dev/null
        stdio: [input, output, output],
        env: { PATH: process.env.PATH, PORT: String(port) },
      });
      children.push(child);
      const pid = child.pid as number;
      await until(() => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n', `${name}: the program runs`);
      const { recording, ...reads } = recorder(withoutOthers(realProc(), pid), native);
      // and what is asked where the native calls do not answer
      const silent = reads.native && refusing(reads.native);
      for (const { asks } of policies) {
        for (const calls of [reads.native, silent, undefined])
          createProbe(reads.proc, calls)({ pid, type: 'tree', asks });
      }
      recorded.set(name, { pid, recording, hasNative: native !== undefined });
    }
  }, 30_000);

  afterAll(() => {
    for (const { pid } of children) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    server.close();
    remove(dir);
  });

  const judged = policies.flatMap((policy) =>
    [...blockers, { name: 'nothing' }].map(({ name }) => ({ name, policy, of: policy.name })),
  );
  const inTheWay = judged.filter(
    ({ name, of }) => name !== 'nothing' && (of === 'criu' || !unseen.has(name)),
  );
  const one = (name: string): Recorded => recorded.get(name) as Recorded;

  it.each(judged)('$of, $name in the way: undamaged it is told', ({ name, policy, of }) => {
    const said = say(one(name), policy);
    const stands = inTheWay.some((other) => other.name === name && other.of === of);
    expect(isReady(said)).toBe(!stands);
    expect(failed(said)).toBe(false);
  });

  it.each(inTheWay)('$of, $name in the way: no damage that shows makes it ready', ({ name, policy }) => {
    fc.assert(
      fc.property(
        damages(one(name).recording, (key, answer) => showing(isText(key), answer), 2),
        (damage) => {
          expect(isReady(say(one(name), policy, damage))).toBe(false);
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each(inTheWay)('$of, $name in the way: nor any single read that is refused', ({ name, policy }) => {
    for (const key of one(name).recording.keys()) {
      const said = say(one(name), policy, new Map([[key, { errno: 'EACCES' }]]));
      if (isReady(said)) throw new Error(`ready without ${key}`);
    }
  });

  it.each(inTheWay)(
    '$of, $name in the way: what is gone makes it ready only as a change',
    ({ name, policy }) => {
      for (const key of one(name).recording.keys()) {
        const said = say(one(name), policy, new Map([[key, { errno: 'ENOENT' }]]));
        if (isReady(said) && !failed(said) && !said.changedDuringCheck)
          throw new Error(`ready without ${key}`);
      }
    },
  );

  it.each(judged)(
    '$of, $name in the way: whatever the texts are, it answers, and in time',
    ({ name, policy }) => {
      fc.assert(
        fc.property(
          damages(one(name).recording, (_, answer) => anything(answer), 12),
          (damage) => {
            const started = performance.now();
            const said = say(one(name), policy, damage);
            expect(performance.now() - started).toBeLessThan(2000);
            if (failed(said)) expect(said.errno).toMatch(/^(E[A-Z]+|kernel-thread)$/);
            else expect(['ready', 'ready-with-options', 'not-ready', 'unknown']).toContain(said.verdict);
          },
        ),
        { numRuns: 100 },
      );
    },
  );
});
