import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { remove, temporary } from '../../support/held.ts';
import { deploy, project, run } from './tools.ts';

export interface Image {
  /** Its root file system, mounted. */
  readonly root: string;
  readonly config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Cmd: readonly string[];
    readonly Env: readonly string[];
    readonly Healthcheck: { readonly Test: readonly string[] };
    readonly Labels: Readonly<Record<string, string>>;
  };
  remove(): void;
}

/**
 * Builds deploy/image/Dockerfile with buildah. No image registry is asked: in the place of the node image stands one that
 * is empty but for links, into which /usr of this machine is mounted while a RUN step runs. All else is the Dockerfile's.
 */
export function buildImage(): Image {
  const dir = temporary();
  // nothing of it has to outlive a power failure
  run('mount', ['-t', 'tmpfs', 'tmpfs', dir]);
  const buildah = (...args: readonly string[]) =>
    run('buildah', [
      `--root=${dir}/storage`,
      `--runroot=${dir}/run`,
      '--storage-driver=overlay',
      ...args,
    ]).trim();
  const cleanUp = () => {
    try {
      buildah('unmount', '--all');
    } finally {
      run('umount', ['--recursive', dir]);
      remove(dir);
    }
  };
  try {
    const empty = buildah('from', 'scratch');
    buildah('add', '--quiet', empty, standIn(dir), '/');
    buildah('commit', '--quiet', empty, 'localhost/stand-in');
    const mounts = ['/usr:/usr:ro', '/etc:/etc:ro', '/var/lib/dpkg:/var/lib/dpkg:ro', `${homedir()}:/root`];
    buildah(
      ...['bud', '--isolation=chroot', '--network=host', '--format=docker'],
      ...mounts.map((mount) => `--volume=${mount}`),
      ...['--build-arg=NODE_IMAGE=localhost/stand-in', `--file=${deploy}/image/Dockerfile`],
      ...[`--ignorefile=${deploy}/image/Dockerfile.dockerignore`, '--tag=localhost/checkpointable', project],
    );
    const container = buildah('from', 'localhost/checkpointable');
    const { Docker } = JSON.parse(buildah('inspect', container));
    return { root: buildah('mount', container), config: Docker.config, remove: cleanUp };
  } catch (error) {
    cleanUp();
    throw error;
  }
}

function standIn(dir: string): string {
  const root = `${dir}/stand-in`;
  for (const folder of ['usr', 'etc', 'tmp', 'root', 'var/lib/dpkg', 'run', 'dev', 'proc', 'sys'])
    mkdirSync(`${root}/${folder}`, { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, `${root}/${name}`);
  for (const name of ['passwd', 'group']) cpSync(`/etc/${name}`, `${root}/etc/${name}`);
  writeFileSync(`${root}/etc/hosts`, '127.0.0.1 localhost\n');
  return root;
}
