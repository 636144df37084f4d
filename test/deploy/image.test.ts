import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Held, hold, remove, temporary } from '../support/held.ts';
import { type Container, listening, seccompFile, startContainer } from './support/container.ts';
import { buildImage, type Image } from './support/image.ts';
import { build } from './support/kustomize.ts';
import { deploy, missing, run } from './support/tools.ts';

const reason = missing('the image', {
  root: true,
  programs: ['buildah', 'runc', 'setcap', 'node', 'npm', 'openssl'],
});
if (!reason && !existsSync(seccompFile)) throw new Error(`${seccompFile} is not there`);

interface AgentContainer {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext: {
    readonly allowPrivilegeEscalation: boolean;
    readonly capabilities: { readonly add: readonly string[] };
  };
}
interface PodSpec {
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
  readonly containers: readonly [AgentContainer];
}

describe.skipIf(reason)('the image', () => {
  let image: Image;
  let held: Held;
  let secrets: string;
  let container: Container | undefined;
  beforeAll(async () => {
    held = await hold('tcp', 'null', 'names');
    secrets = temporary();
    run('sh', [`${deploy}/kubernetes/secrets.sh`, secrets]);
    // as the kubelet mounts Secrets: for root and the pod's fsGroup
    for (const [folder, ...files] of [
      ['tls', 'tls.crt', 'tls.key', 'ca.crt'],
      ['tokens', 'tokens'],
    ] as const) {
      mkdirSync(`${secrets}/${folder}.d`);
      for (const file of files) {
        const path = `${secrets}/${folder}.d/${file}`;
        cpSync(`${secrets}/${file}`, path);
        chownSync(path, 0, 65_532);
        chmodSync(path, 0o440);
      }
    }
    image = buildImage();
  }, 120_000);
  afterEach(async () => {
    await container?.stop();
    container = undefined;
  });
  afterAll(async () => {
    image?.remove();
    remove(secrets);
    await held?.stop();
  });

  /** As the DaemonSet says, with these components; what needs a Secret or the cluster's network left out. */
  function start(components: readonly string[], change: { readonly capabilities?: readonly string[] } = {}) {
    const resources = build(
      `${deploy}/kubernetes/base`,
      components.map((name) => `${deploy}/kubernetes/components/${name}`),
    );
    const daemonSet = resources.find(({ kind }) => kind === 'DaemonSet');
    const pod = (daemonSet as unknown as { spec: { template: { spec: PodSpec } } }).spec.template.spec;
    const [{ env, securityContext }] = pod.containers;
    const { root, config } = image;
    container = startContainer({
      root,
      args: [...config.Entrypoint, ...config.Cmd],
      env: {
        ...Object.fromEntries(config.Env.map((line) => line.split(/=(.*)/s).slice(0, 2))),
        ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
        // beyond loopback as there, on free ports
        CHECKPOINTABLE_HTTP: '0.0.0.0:0',
        CHECKPOINTABLE_GRPC: '0.0.0.0:0',
      },
      user: pod.securityContext.runAsUser,
      group: pod.securityContext.runAsGroup,
      capabilities: change.capabilities ?? securityContext.capabilities.add,
      noNewPrivileges: !securityContext.allowPrivilegeEscalation,
      mounts: {
        '/etc': '/host/etc',
        '/run': '/host/run',
        [`${secrets}/tls.d`]: '/etc/checkpointable/tls',
        [`${secrets}/tokens.d`]: '/etc/checkpointable/tokens',
      },
    });
    return container;
  }
  /** As an auditor, or as nobody. */
  function ask(url: string, token?: string): Promise<{ readonly status: number; readonly text: string }> {
    const ca = readFileSync(`${secrets}/ca.crt`);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return new Promise((resolve, reject) => {
      const answered = (response: IncomingMessage) => {
        let said = '';
        response.on('data', (part) => {
          said += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: said }));
      };
      get(url.replace('0.0.0.0', '127.0.0.1'), { ca, headers }, answered).on('error', reject);
    });
  }

  it('is for a user that is not root, with a health check, started as the README says', () => {
    expect(image.config).toMatchObject({
      User: '65532:65532',
      Entrypoint: [
        '/usr/bin/node',
        '--max-semi-space-size=4',
        '--single-threaded-gc',
        '/opt/checkpointable/dist/main.js',
      ],
      Cmd: ['serve'],
      Healthcheck: { Test: ['CMD', '/usr/bin/node', '/opt/checkpointable/healthcheck.js'] },
      Labels: { 'org.opencontainers.image.licenses': 'Apache-2.0' },
    });
  });

  it('holds what it needs and no more', () => {
    const app = `${image.root}/opt/checkpointable`;
    expect(run('find', [image.root, '-perm', '/6000'])).toBe('');
    expect(run('find', [image.root, '-name', 'sh', '-o', '-name', 'bash'])).toBe('');
    for (const name of ['typescript', 'vitest', '@biomejs'])
      expect(existsSync(`${app}/node_modules/${name}`), name).toBe(false);
    expect(existsSync(`${app}/node_modules/koffi`)).toBe(true);
    expect(run('getcap', [`${image.root}/usr/bin/node`])).toContain('cap_dac_read_search,cap_sys_ptrace=ep');
    const megabytes = Number(run('du', ['-sm', image.root]).split('\t')[0]);
    console.log(`the image's root: ${megabytes} MB`);
    expect(megabytes).toBeLessThan(200);
  });

  it.each([
    ['as the DaemonSet has it', [] as string[]],
    ['with the component root-user', ['root-user']],
    ['with the component full-sight', ['full-sight']],
  ])('%s: it has its rights, and judges a process of root', async (_name, components: readonly string[]) => {
    const started = start(components);
    const url = await listening(started);
    expect(url).toMatch(/^https:/);
    // as the kubelet asks
    expect(await ask(`${url}/livez`)).toEqual({ status: 200, text: 'ok\n' });
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    const auditor = readFileSync(`${secrets}/auditor`, 'utf8');
    expect((await ask(`${url}/v1/processes/${held.pid}`)).status).toBe(401);
    // as Prometheus does
    expect((await ask(`${url}/metrics`, readFileSync(`${secrets}/viewer`, 'utf8'))).status).toBe(200);
    const { text: ready } = await ask(`${url}/readyz?verbose`, auditor);
    expect(ready).toMatch(/capability CAP_SYS_PTRACE.*held/);
    expect(ready).toMatch(/capability CAP_DAC_READ_SEARCH.*held/);
    expect(ready).toMatch(/hidepid.*process 1 is visible/);
    const report = JSON.parse((await ask(`${url}/v1/processes/${held.pid}?format=json`, auditor)).text);
    expect(report.target.comm).toBe('node');
    expect(report.counts.files).toBeGreaterThan(5);
    // nothing that the seccomp profile, the user or a mount keeps from it
    const denied = report.unread.filter(({ errno }: { errno: string }) => /EACCES|EPERM|ENOSYS/.test(errno));
    expect(denied).toEqual([]);
    // what the two rights are not enough for: the network namespace of a socket
    const unknown = report.findings.filter(({ reason }: { reason: string }) => reason === 'Unread');
    expect(unknown.length > 0).toBe(!components.includes('full-sight'));
    const address = `process.env.CHECKPOINTABLE_HTTP = '${new URL(url).host}'`;
    started.exec('/usr/bin/node', '-e', `${address}; import('/opt/checkpointable/healthcheck.js')`);
    expect(await started.stop()).toBe(0);
  });

  it('without the capabilities in the bounding set the kernel does not start it', async () => {
    const started = start([], { capabilities: [] });
    await expect(listening(started)).rejects.toThrow(/operation not permitted/);
  });
});
