import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type Daemon, nobody, startDaemon } from '../e2e/support.ts';
import { cgroupMaker } from '../support/cgroupfs.ts';
import { type Held, hold, remove, temporary } from '../support/held.ts';
import { deploy, find, json, missing, run } from './support/tools.ts';

const rules = `${deploy}/prometheus/rules.yaml`;
const dashboard = JSON.parse(readFileSync(`${deploy}/grafana/checkpointable.json`, 'utf8')) as Dashboard;

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly { readonly expr: string }[];
}
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
}

const noTool = missing('the rules', { programs: ['promtool'] });
const noPrometheus = missing('the dashboard against a Prometheus', {
  // pods of cgroups
  root: true,
  programs: ['prometheus', 'promtool'],
});

describe.skipIf(noTool)('the rules', () => {
  it('are rules: promtool check rules', () => {
    expect(run('promtool', ['check', 'rules', rules])).toContain('SUCCESS');
  });

  it('do what they say: promtool test rules', () => {
    expect(run('promtool', ['test', 'rules', `${deploy}/prometheus/tests/rules.yaml`])).toContain('SUCCESS');
  });

  it('every alert is tested', () => {
    const tests = readFileSync(`${deploy}/prometheus/tests/rules.yaml`, 'utf8');
    for (const alert of alerts()) expect(tests).toContain(`alertname: ${alert}\n`);
  });

  it('the example of a scrape configuration is one', () => {
    const file = `${deploy}/prometheus/scrape.yaml`;
    expect(run('promtool', ['check', 'config', '--syntax-only', file])).toContain('SUCCESS');
  });

  it('the PrometheusRule has the same', () => {
    const file = `${deploy}/kubernetes/components/prometheus-rule/prometheus-rule.yaml`;
    const { spec } = parseYaml(readFileSync(file, 'utf8'));
    expect(spec).toEqual(parseYaml(readFileSync(rules, 'utf8')));
  });
});

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert?: string; readonly record?: string; readonly expr: string }[];
  }[];
}
const allRules = () =>
  (parseYaml(readFileSync(rules, 'utf8')) as RuleFile).groups.flatMap((one) => one.rules);
const alerts = () => allRules().flatMap(({ alert }) => alert ?? []);

describe('the dashboard', () => {
  it('has panels that lie beside each other, each with a title and a number of its own', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels) {
      expect(title).not.toBe('');
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x, title).toBeLessThan(24);
          expect(taken.get(`${x} ${y}`), `${title} lies on it`).toBeUndefined();
          taken.set(`${x} ${y}`, title);
        }
    }
  });
});

describe.skipIf(noPrometheus)('a Prometheus that scrapes two agents', () => {
  const cgroups = cgroupMaker();
  const started: ChildProcess[] = [];
  let dir: string;
  let daemons: readonly Daemon[] = [];
  let held: readonly Held[] = [];
  let asking: Promise<void>;
  let asked = false;
  let prometheus: string;

  beforeAll(async () => {
    dir = temporary();
    const flags = ['--sweep-interval-seconds', '1', '--sweep-cpu-percent', '100', '--pod-metrics', 'true'];
    // a block device is what nothing lifts
    held = await Promise.all([
      hold('tcp', 'null', 'block-node'),
      hold('unix', 'pipe', 'eventfd', 'block-node'),
    ]);
    const logs = makePods(held.map(({ pid }) => pid));
    const first = [...flags, '--pod-logs', logs, '--pod-metrics-max', '1'];
    daemons = await Promise.all([
      startDaemon({ flags: first }),
      // reads that fail, and another node
      startDaemon({ flags, user: nobody }),
    ]);
    asking = ask();
    prometheus = await startPrometheus(daemons.map(({ http }) => new URL(http).host));
  }, 60_000);
  afterAll(async () => {
    asked = true;
    await asking;
    // a cgroup is removed once nobody is in it
    for (const child of started) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    await Promise.all([...daemons, ...held].map((one) => one.stop()));
    cgroups.remove();
    remove(dir);
  });

  /** Pods on this machine, as a kubelet would show them: cgroups of their names, and folders of their logs. */
  function makePods(pids: readonly number[]): string {
    const logs = `${dir}/pods`;
    const hex = process.pid.toString(16).padStart(12, '0');
    for (const [at, pid] of pids.entries()) {
      const uid = `5b9a3d7e-333${at}-4222-8333-${hex}`;
      mkdirSync(`${logs}/demo_shop-${at}_${uid}/main`, { recursive: true });
      const container = `${at}eeee${hex}`.padEnd(64, '0');
      const group = `${cgroups.root}/kubepods/burstable/pod${uid}/${container}`;
      cgroups.make(group);
      cgroups.enter(group, pid);
    }
    return logs;
  }

  async function ask(): Promise<void> {
    while (!asked) {
      const pids = [...held.map(({ pid }) => pid), 1, 4_194_304];
      const urls = daemons.flatMap(({ http }) =>
        pids.flatMap((pid) => [
          `${http}/v1/processes/${pid}`,
          `${http}/v1/processes/${pid}?policy=cr-check-file`,
        ]),
      );
      await Promise.all(
        urls.map((url) =>
          fetch(url).then(
            (answer) => answer.text(),
            () => '',
          ),
        ),
      );
      await sleep(500);
    }
  }

  async function startPrometheus(targets: readonly string[]): Promise<string> {
    const port = 30_000 + (process.pid % 10_000);
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [rules],
      scrape_configs: [{ job_name: 'checkpointable', static_configs: [{ targets }] }],
    };
    writeFileSync(`${dir}/prometheus.json`, JSON.stringify(config));
    const child = spawn(
      find('prometheus') ?? 'prometheus',
      [
        `--config.file=${dir}/prometheus.json`,
        `--storage.tsdb.path=${dir}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: 'ignore' },
    );
    started.push(child);
    return `http://127.0.0.1:${port}`;
  }

  interface Answer {
    readonly status: string;
    readonly error?: string;
    readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  }
  async function query(expr: string): Promise<Answer> {
    return json(`${prometheus}/api/v1/query?query=${encodeURIComponent(expr)}`);
  }
  const hasData = ({ status, data }: Answer) =>
    status === 'success' && data.result.some(({ value: [, value] }) => Number.isFinite(Number(value)));

  /** Asks until it has data: counters need two scrapes, and a sweep has to end. */
  async function eventually(expr: string, seconds: number): Promise<Answer> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const answer = await query(expr).catch(() => undefined);
      if (answer !== undefined && (hasData(answer) || answer.status !== 'success' || performance.now() > end))
        return answer;
      if (performance.now() > end) throw new Error('Prometheus does not answer');
      await sleep(250);
    }
  }

  const substituted = (text: string) =>
    text
      .replaceAll('$__rate_interval', '15s')
      .replaceAll('$__range', '1m')
      .replace(/\$(?:job|instance|policy)\b/g, '.*');

  it('scrapes both', async () => {
    const { data } = await eventually('sum(up{job="checkpointable"}) == 2', 15);
    expect(data.result).toHaveLength(1);
  });

  it('finds no fault in the metrics: promtool check metrics', async () => {
    for (const { http } of daemons) {
      const text = await (await fetch(`${http}/metrics`)).text();
      const file = `${dir}/metrics`;
      writeFileSync(file, text);
      // what prom-client itself adds is not ours to name
      const said = run('sh', ['-c', `promtool check metrics <${file} 2>&1 || true`]);
      const faults = said.split('\n').filter((line) => line !== '' && !/^(?:nodejs|process)_/.test(line));
      expect(faults).toEqual([]);
    }
  });

  const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, expr] as const),
  );
  it.each(queries)('the dashboard has data: %s: %s', async (_title, expr) => {
    const answer = await eventually(substituted(expr), 30);
    expect(answer.error).toBeUndefined();
    expect(hasData(answer), JSON.stringify(answer.data?.result).slice(0, 300)).toBe(true);
  });

  it('the variables of the dashboard have values', async () => {
    for (const { name, type, definition = '' } of dashboard.templating.list) {
      if (type !== 'query') continue;
      const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
      const match = encodeURIComponent(substituted(selector));
      const { data } = await json(`${prometheus}/api/v1/label/${label}/values?match[]=${match}`);
      expect(data.length, name).toBeGreaterThan(0);
    }
  });

  it('every recording rule has data', async () => {
    for (const { record } of allRules()) {
      if (record === undefined) continue;
      expect(hasData(await eventually(record, 10)), record).toBe(true);
    }
  });

  it('uses no metric that the agents do not have', async () => {
    const { data } = await json(`${prometheus}/api/v1/label/__name__/values`);
    const names = new Set(data as string[]);
    for (const text of [...queries.map(([, expr]) => expr), ...allRules().map(({ expr }) => expr)])
      for (const [name] of text.matchAll(/\b(?:job:|instance:)?checkpointable_\w+(?::\w+)*/g))
        expect(names, name).toContain(name);
  });

  it('no alert fires on agents that are well', async () => {
    const { data } = await json(`${prometheus}/api/v1/alerts`);
    const firing = data.alerts.filter(({ state }: { state: string }) => state === 'firing');
    expect(firing).toEqual([]);
  });
});
