import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding, Report } from '../../src/policy/report.ts';
import { createLocalAssess } from '../../src/server/local.ts';
import { remove, temporary } from '../support/held.ts';
import { type Checkpoint, type Container, checkpoint, noRunc, startContainer } from '../support/runc.ts';
import { agrees, dumps, predictionOf, saidBy } from './compare.ts';
import { situations } from './containers/index.ts';
import type { Situation } from './containers/situation.ts';
import { onStage, type Stage } from './containers/stage.ts';
import { dump, findCriu } from './criu.ts';

const { assess } = createLocalAssess({
  procRoot: '/proc',
  policyFolders: [],
  defaultPolicy: 'criu',
  detectedVersions: {},
});
const missing = noRunc() ?? noCriu();
if (missing) console.log(`skipped: real containers: ${missing}`);
const chosen = situations.filter(({ name }) => name.includes(process.env.SITUATION ?? ''));
const rows: string[] = [];

function noCriu(): string | undefined {
  try {
    findCriu();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

it('in CI there are runc and CRIU', () => {
  expect(process.env.CI === undefined ? undefined : missing).toBeUndefined();
});

describe.skipIf(missing !== undefined)('runc checkpoint is the judge of what is said of a container', () => {
  it.concurrent.each(chosen)('$name', async (situation) => {
    const { name, verdict, log } = situation;
    if (situation.needsV1 && !existsSync('/sys/fs/cgroup/freezer')) {
      console.log(`not tried: ${name}: no freezer of cgroup v1`);
      return;
    }
    const problems = await onStage(async (stage) => {
      const container = await situation.container(stage);
      if (typeof container === 'string') {
        console.log(`not tried: ${name}: ${container}`);
        return [];
      }
      const report = ask(container, []);
      const bare = await tried(container, situation.hangs ? hangLimitMs : undefined);
      const more =
        report.verdict === 'ready-with-options' ? await lifted(situation, stage, container, report) : [];
      rows.push(row(name, report, bare, more));
      const actual = bare.ok ? 'ok' : 'refused';
      const prediction = predictionOf(report);
      const told = `we: ${report.verdict}: ${saidBy(report)} | criu: ${bare.errors.slice(0, 3).join(' / ')} ${bare.text}`;
      const { runtime } = report;
      return [
        ...wrong(report.verdict === verdict, `expected ${verdict}: ${told}`),
        ...wrong(runtime.name === 'runc' && runtime.source === 'detected', `runtime: ${runtime.name}`),
        ...wrong(
          situation.reason === undefined || report.findings.some((one) => isAbout(situation, one)),
          told,
        ),
        ...wrong(agrees({ prediction, actual }) === true, told),
        ...wrong(dumps(prediction) === (verdict === 'ready' || situation.onlyRestore === true), told),
        ...wrong(
          log === undefined || log.test([...bare.errors, bare.text].join('\n')),
          `expected ${log}: ${told}`,
        ),
        ...wrong(bare.late === (situation.hangs === true), `hangs: ${bare.late}: ${told}`),
        ...more.filter((line) => line.startsWith('FAILS')),
      ];
    });
    expect(problems).toEqual([]);
  });

  const plain: readonly (readonly [string, (stage: Stage) => Promise<Container>])[] = [
    ['plain', ({ start }) => start()],
    ['terminal', ({ start }) => start({ terminal: true })],
    ['terminal bound elsewhere, its master inside', ({ start }) => start(boundTerminal)],
    ['masked paths', ({ start }) => start({ linux: { maskedPaths: ['/proc/kcore', '/proc/keys'] } })],
    [
      'bind',
      ({ start, dir }) =>
        start({ mounts: [{ destination: '/data', type: 'bind', source: dir, options: ['rbind'] }] }),
    ],
  ];
  it.concurrent.each(plain)('%s, with runtime=none as criu dump itself', async (name, make) => {
    const problems = await onStage(async (stage) => {
      const container = await make(stage);
      const { pid } = container;
      const bare = ask(container, [], 'none');
      const first = await inFolder((dir) => dump(pid, [], dir));
      const told = `we: ${bare.verdict}: ${saidBy(bare)} | criu: ${first.errors.slice(0, 3).join(' / ')}`;
      rows.push(
        `${`${name}, runtime=none`.padEnd(nameWidth)} ${bare.verdict} ${bare.options.needed.join(' ')}`,
      );
      const agreed = wrong(
        agrees({ prediction: predictionOf(bare), actual: first.ok ? 'ok' : 'refused' }) === true,
        told,
      );
      if (bare.verdict !== 'ready-with-options') return agreed;
      const { needed } = bare.options;
      const second = await inFolder((dir) => dump(pid, needed, dir));
      return [
        ...agreed,
        ...wrong(second.ok, `${needed.join(' ')}: ${second.errors.join(' / ')}`),
        ...wrong(ask(container, needed, 'none').verdict === 'ready', `not ready with ${needed.join(' ')}`),
      ];
    });
    expect(problems).toEqual([]);
  });

  it('what /etc/criu/runc.conf gives is counted, and does what it says', async () => {
    const conf = '/etc/criu/runc.conf';
    if (existsSync('/etc/criu')) {
      console.log(`not tried: ${conf}: there is /etc/criu already, which is left as it is`);
      return;
    }
    const python = "import fcntl\nlock = open('/tmp/lock', 'w')\nfcntl.flock(lock, fcntl.LOCK_EX)";
    const container = await startContainer({ python });
    try {
      expect(ask(container, []).verdict).toBe('ready-with-options');
      mkdirSync('/etc/criu');
      writeFileSync(conf, 'file-locks\n');
      expect(ask(container, [])).toMatchObject({ verdict: 'ready', notes: [`from ${conf}: file-locks`] });
      expect(await tried(container)).toMatchObject({ ok: true });
    } finally {
      rmSync('/etc/criu', { recursive: true, force: true });
      await container.stop();
    }
  });

  afterAll(() => console.log(rows.sort().join('\n')));
});

const ask = ({ id }: Container, options: readonly string[], runtime?: string): Report =>
  assess({
    target: { type: 'container', id },
    options,
    show: 'blocking',
    ...(runtime === undefined ? {} : { runtime }),
  });

const boundTerminal = {
  capabilities: ['CAP_SYS_ADMIN'],
  python: `import os, pty, subprocess
master, slave = pty.openpty()
open('/data/terminal', 'w').close()
subprocess.check_call(['/bin/busybox', 'mount', '-o', 'bind', os.ttyname(slave), '/data/terminal'])`,
};

const wrong = (right: boolean, otherwise: string): readonly string[] => (right ? [] : [otherwise]);

/** CRIU's own time to give up is ten seconds. */
const hangLimitMs = 12_000;
const nameWidth = 62;

const tried = (container: Container, limitMs?: number): Promise<Checkpoint> =>
  inFolder((dir) => checkpoint(container, findCriu(), dir, limitMs));

/** The options we name, given to a real checkpoint and to us. */
async function lifted(
  situation: Situation,
  stage: Stage,
  container: Container,
  bare: Report,
): Promise<readonly string[]> {
  const other = situation.fresh ? await situation.container(stage) : container;
  if (typeof other === 'string') throw new Error(other);
  const { needed } = situation.fresh ? ask(other, []).options : bare.options;
  stage.configure(needed);
  const { verdict } = ask(other, needed);
  const run = await tried(other);
  const words = `with ${needed.join(' ')}`;
  return [
    run.ok ? `dumps ${words}` : `FAILS ${words}: ${run.errors.slice(0, 3).join(' / ')} ${run.text}`,
    ...wrong(verdict === 'ready', `FAILS: ${verdict} ${words}`),
  ];
}

function isAbout({ reason, file }: Situation, finding: Finding): boolean {
  if (finding.reason !== reason || !['refused', 'needs-option'].includes(finding.outcome)) return false;
  if (file === undefined) return true;
  return typeof file === 'number' ? finding.file?.fd === file : file.test(finding.file?.path ?? '');
}

function row(name: string, report: Report, bare: Checkpoint, more: readonly string[]): string {
  const said = report.verdict === 'ready' ? 'ready' : `${report.verdict} ${report.reason}`;
  const complaint = bare.late ? 'hangs' : (bare.errors[0] ?? bare.text.replace(/.*msg=/s, '').trim());
  return [
    `${name.padEnd(nameWidth)} ${said}`,
    bare.ok ? 'dumps' : `fails: ${complaint.slice(0, 90)}`,
    ...more,
  ].join(' | ');
}

async function inFolder<T>(run: (dir: string) => Promise<T>): Promise<T> {
  const dir = temporary();
  try {
    return await run(dir);
  } finally {
    remove(dir);
  }
}
