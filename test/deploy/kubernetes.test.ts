import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { settings, variableOf } from '../../src/config.ts';
import { remove, temporary } from '../support/held.ts';
import { build, type Resource } from './support/kustomize.ts';
import { deploy, project, run } from './support/tools.ts';

const require = createRequire(import.meta.url);
const base = `${deploy}/kubernetes/base`;
const names = readdirSync(`${deploy}/kubernetes/components`);
const component = (name: string) => `${deploy}/kubernetes/components/${name}`;

/** Nothing of it is fetched: the packages have the schemas of Kubernetes and of the Prometheus operator compiled in. */
const packageOf = (apiVersion: string): string =>
  apiVersion.startsWith('monitoring.coreos.com/')
    ? '@kubernetes-models/prometheus-operator'
    : 'kubernetes-models';
const moduleOf = ({ apiVersion, kind }: Resource) => `${packageOf(apiVersion)}/${apiVersion}/${kind}`;

type Model = new (data: unknown) => { validate(): void };

let missing: string | undefined;
try {
  require.resolve('kubernetes-models/package.json');
} catch (error) {
  if (process.env.CI === 'true') throw error;
  missing = 'needs the packages kubernetes-models and @kubernetes-models/prometheus-operator';
  console.log(`skipped: Kubernetes schemas: ${missing}`);
}

const variants: readonly (readonly [string, readonly string[]])[] = [
  ['base', []],
  ...names.map((name) => [name, [name]] as const),
  ['all that go together', names.filter((name) => name !== 'root-user')],
];
const built = (parts: readonly string[]) => build(base, parts.map(component));

describe.skipIf(missing)('the schemas of Kubernetes', () => {
  it.each(variants)('%s', (_name, parts) => {
    for (const resource of built(parts)) {
      const { [resource.kind]: Model } = require(moduleOf(resource)) as Readonly<Record<string, Model>>;
      if (Model === undefined) throw new Error(`no schema of ${moduleOf(resource)}`);
      new Model(resource).validate();
    }
  });

  // the API server only warns of a field that it does not know, and the schemas let it pass: the compiler does not
  it('no field that the API does not know', { timeout: 60_000 }, () => {
    expect(compile(variants.flatMap(([, parts]) => built(parts)))).toBe('');
  });

  it('such a field, and one of another type, is found', { timeout: 60_000 }, () => {
    const [resource] = built([]).filter(({ kind }) => kind === 'DaemonSet');
    const typo = { ...resource, spec: { ...(resource?.spec as object), updateStrategie: {} } } as Resource;
    expect(compile([typo])).toMatch(/updateStrategie.*does not exist in type 'IDaemonSetSpec'/);
    const { DaemonSet } = require('kubernetes-models/apps/v1/DaemonSet');
    const spec = { ...(resource?.spec as object), minReadySeconds: 'soon' };
    expect(() => new DaemonSet({ ...resource, spec }).validate()).toThrow(/minReadySeconds/);
  });
});

/** The manifests as values of the API's types: what the compiler has to say of them. */
function compile(resources: readonly Resource[]): string {
  const dir = temporary();
  const lines = resources.map(
    (resource, at) =>
      `import type { I${resource.kind} as T${at} } from '${moduleOf(resource)}';\n` +
      `export const r${at}: T${at} = ${JSON.stringify(resource)};`,
  );
  writeFileSync(`${dir}/manifests.ts`, `${lines.join('\n')}\n`);
  symlinkSync(`${project}node_modules`, `${dir}/node_modules`);
  const tsc = `${process.execPath} node_modules/typescript/bin/tsc`;
  const flags = '--noEmit --ignoreConfig --strict --skipLibCheck --target es2022 --module esnext';
  try {
    return run('sh', ['-c', `${tsc} ${flags} --moduleResolution bundler manifests.ts || true`], { cwd: dir });
  } finally {
    remove(dir);
  }
}

interface Pod {
  readonly hostPID: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumes: readonly {
    readonly name: string;
    readonly hostPath?: { readonly path: string };
  }[];
  readonly containers: readonly [
    {
      readonly image: string;
      readonly env: readonly { readonly name: string; readonly value: string }[];
      readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
      readonly securityContext: {
        readonly readOnlyRootFilesystem: boolean;
        readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };
      };
      readonly volumeMounts: readonly {
        readonly name: string;
        readonly mountPath: string;
        readonly readOnly?: boolean;
      }[];
    },
  ];
}

interface Spec {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly podSelector: object;
  readonly template: { readonly metadata: { readonly labels: object }; readonly spec: Pod };
  readonly ports: readonly { readonly targetPort: string }[];
}
const specOf = (all: readonly Resource[], wanted: string) =>
  all.find(({ kind }) => kind === wanted)?.spec as Spec;
const podOf = (parts: readonly string[]) => specOf(built(parts), 'DaemonSet').template.spec;

describe('the DaemonSet', () => {
  let pod: Pod;
  beforeAll(() => {
    pod = podOf([]);
  });

  it('has the two capabilities and no other', () => {
    expect(pod.containers[0].securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['SYS_PTRACE', 'DAC_READ_SEARCH'] },
    });
    expect(pod).toMatchObject({ hostPID: true, securityContext: { runAsNonRoot: true } });
  });

  it.each(variants)('every folder of the node is mounted below /host, and read-only: %s', (_name, parts) => {
    const { volumes, containers } = podOf(parts);
    const ofNode = volumes.flatMap(({ name, hostPath }) => (hostPath ? [{ name, ...hostPath }] : []));
    expect(ofNode.length).toBeGreaterThan(0);
    for (const { name, path } of ofNode) {
      const mounts = containers[0].volumeMounts.filter((mount) => mount.name === name);
      expect(mounts).toEqual([expect.objectContaining({ mountPath: `/host${path}`, readOnly: true })]);
    }
    expect(new Set(volumes.map(({ name }) => name)).size).toBe(volumes.length);
    expect(containers[0].volumeMounts.map(({ name }) => name).sort()).toEqual(
      volumes.map(({ name }) => name).sort(),
    );
  });

  it('names settings that there are', () => {
    const known = Object.keys(settings).map(variableOf);
    const unknown = pod.containers[0].env.map(({ name }) => name).filter((name) => !known.includes(name));
    expect(unknown).toEqual([]);
  });

  it('is of the version of the package, as the image is', () => {
    const { version } = JSON.parse(readFileSync(`${project}package.json`, 'utf8'));
    expect(pod.containers[0].image).toBe(`checkpointable:${version}`);
    expect(readFileSync(`${deploy}/image/Dockerfile`, 'utf8')).toContain(`ARG VERSION=${version}\n`);
  });

  it('what points at it finds it', () => {
    const all = built(names.filter((name) => name !== 'root-user'));
    const { selector, template } = specOf(all, 'DaemonSet');
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    expect(specOf(all, 'Service').selector).toEqual(selector.matchLabels);
    expect(specOf(all, 'NetworkPolicy').podSelector).toEqual(selector);
    expect(all.find(({ kind }) => kind === 'Service')?.metadata.labels).toMatchObject(
      specOf(all, 'ServiceMonitor').selector.matchLabels,
    );
    const ports = pod.containers[0].ports.map(({ name }) => name);
    const targets = specOf(all, 'Service').ports.map(({ targetPort }) => targetPort);
    expect(targets).toEqual(ports);
  });
});
