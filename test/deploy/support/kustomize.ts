import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, parse as parseYaml } from 'yaml';

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

interface Patch {
  readonly target: { readonly kind: string; readonly name: string };
  readonly patch: string;
}

interface Operation {
  readonly op: 'add' | 'replace';
  readonly path: string;
  readonly value: unknown;
}

const known = ['apiVersion', 'kind', 'namespace', 'resources', 'components', 'patches'];
const clusterWide = ['Namespace', 'PriorityClass', 'ClusterRole', 'ClusterRoleBinding'];

/**
 * As much of `kustomize build` as these files use: resources, components, a namespace, JSON patches that add or replace.
 * Anything else in a kustomization is an error, not overlooked.
 */
export function build(folder: string, components: readonly string[] = []): readonly Resource[] {
  return components.reduce((all, component) => apply(component, all), apply(folder, []));
}

function apply(folder: string, before: readonly Resource[]): readonly Resource[] {
  const file = parseYaml(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'), { strict: true });
  const unknown = Object.keys(file).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${folder}: ${unknown.join(', ')}: expected ${known.join(', ')}`);
  const own = ((file.resources ?? []) as string[]).flatMap((name) => read(join(folder, name)));
  let all: readonly Resource[] = [
    ...before,
    ...own.map((one) => inNamespace(one, file.namespace as string | undefined)),
  ];
  for (const name of (file.components ?? []) as string[]) all = apply(join(folder, name), all);
  for (const { target, patch } of (file.patches ?? []) as Patch[]) all = patched(all, target, patch);
  return all;
}

function read(path: string): readonly Resource[] {
  return parseAllDocuments(readFileSync(path, 'utf8'), { strict: true }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0]?.message}`);
    return document.toJS() as Resource;
  });
}

const inNamespace = (one: Resource, namespace: string | undefined): Resource =>
  namespace === undefined || clusterWide.includes(one.kind)
    ? one
    : { ...one, metadata: { ...one.metadata, namespace } };

function patched(all: readonly Resource[], target: Patch['target'], patch: string): readonly Resource[] {
  const hit = all.filter((one) => one.kind === target.kind && one.metadata.name === target.name);
  if (hit.length === 0) throw new Error(`no ${target.kind} ${target.name} to patch`);
  const operations = parseYaml(patch) as Operation[];
  return all.map((one) => (hit.includes(one) ? operations.reduce(operate, structuredClone(one)) : one));
}

/** RFC 6902, `add` and `replace`. */
function operate(resource: Resource, { op, path, value }: Operation): Resource {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  let at = resource as unknown as Record<string, unknown>;
  for (const key of keys) {
    at = at[key] as Record<string, unknown>;
    if (at === undefined) throw new Error(`${path}: nothing at ${key}`);
  }
  if (op === 'replace' && !(last in at)) throw new Error(`${path}: nothing to replace`);
  if (op === 'add' && last === '-' && Array.isArray(at)) at.push(value);
  else if (op === 'add' || op === 'replace') at[last] = value;
  else throw new Error(`${op}: expected add or replace`);
  return resource;
}
