import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));
const policyFolder = join(src, 'policy');

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Every import and re-export of a module, static or not. */
function importsOf(path: string): readonly Import[] {
  const text = readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const statics = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?\bfrom\s+'([^']+)'/gm)];
  const bare = [
    ...text.matchAll(/^import\s+()'([^']+)'/gm),
    ...text.matchAll(/()\b(?:import|require)\('([^']+)'\)/g),
  ];
  return [...statics, ...bare].map(([, type, specifier = '']) => ({
    from: path,
    specifier,
    typeOnly: Boolean(type),
  }));
}

function walk(entry: string): { readonly files: ReadonlySet<string>; readonly imports: readonly Import[] } {
  const files = new Set([entry]);
  const imports: Import[] = [];
  for (const path of files) {
    for (const one of importsOf(path)) {
      imports.push(one);
      if (one.specifier.startsWith('.') && !one.typeOnly) files.add(resolve(dirname(path), one.specifier));
    }
  }
  return { files, imports };
}

const { files, imports } = walk(join(policyFolder, 'index.ts'));

describe('checkpointable/policy', () => {
  it('imports nothing but itself and yaml', () => {
    const packages = imports
      .filter(({ specifier }) => !specifier.startsWith('.'))
      .map(({ specifier }) => specifier);
    expect([...new Set(packages)]).toEqual(['yaml']);
    expect([...files].filter((path) => !path.startsWith(`${policyFolder}/`))).toEqual([]);
  });

  it('takes types alone from elsewhere, and from facts.ts alone', () => {
    const outside = imports.filter(({ from, specifier }) => {
      return specifier.startsWith('.') && !resolve(dirname(from), specifier).startsWith(`${policyFolder}/`);
    });
    expect(outside.filter(({ typeOnly }) => !typeOnly)).toEqual([]);
    expect([...new Set(outside.map(({ from, specifier }) => resolve(dirname(from), specifier)))]).toEqual([
      join(src, 'facts.ts'),
    ]);
  });

  it('every module of the folder is part of it', () => {
    const all = readdirSync(policyFolder).filter((name) => name.endsWith('.ts'));
    const types = new Set(['policy.ts', 'report.ts']);
    const reached = new Set([...files].map((path) => path.slice(policyFolder.length + 1)));
    expect(all.filter((name) => !reached.has(name) && !types.has(name))).toEqual([]);
  });

  it('the walk sees node where node is imported', () => {
    const server = walk(join(src, 'server/policies.ts')).imports.map(({ specifier }) => specifier);
    expect(server.filter((name) => builtinModules.includes(name.replace('node:', '')))).toContain('node:fs');
  });

  it('names no clock, randomness, environment or console', () => {
    const impure = /\b(Date|Math\.random|process\.|globalThis|performance|console|setTimeout|fetch)\b/;
    // `process` is also a way of being judged: only a member of the global counts, and judge.ts has parameters of that name
    const guilty = [...files].filter((path) => {
      const text = readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$|'[^']*'|`[^`]*`/gm, '');
      const own = /\bprocess\b\s*(:|=>|\))/.test(text) || path.endsWith('judge.ts');
      return impure.test(own ? text.replaceAll('process.', '') : text);
    });
    expect(guilty).toEqual([]);
  });

  it('package.json exports it, and the built-in policies beside it', () => {
    const { exports } = JSON.parse(readFileSync(join(src, '../package.json'), 'utf8')) as {
      exports: Readonly<Record<string, unknown>>;
    };
    expect(exports['./policy']).toEqual({
      types: './dist/policy/index.d.ts',
      default: './dist/policy/index.js',
    });
    expect(Object.keys(exports)).toEqual(expect.arrayContaining(['./policy/builtin/*.yaml', './facts']));
  });
});
