import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../src/probe/kinds/index.ts';
import { builtin } from '../support/policy.ts';
import { code, page, rows } from './page.ts';

const readme = page('README.md');
const project = JSON.parse(page('package.json')) as Record<string, Readonly<Record<string, string>>>;

describe('README', () => {
  it('has a row for each kind there is', () => {
    const named = rows(readme, 'Kinds').map(([kind = '']) => code(kind)[0]);
    expect([...named].sort()).toEqual(kinds.map(({ name }) => name).sort());
  });

  it('says "no" of a kind under criu where no accept rule names it, and only there', () => {
    const accepted = builtin('criu').accept.flatMap((rule) => rule.kinds);
    // `socket` and `unknown` are accepted only while it is not known what they are
    const undecided = ['socket', 'unknown'];
    for (const [kind = '', , criu = ''] of rows(readme, 'Kinds')) {
      const name = code(kind)[0] ?? '';
      if (!undecided.includes(name))
        expect([name, !/^no\b/.test(criu)]).toEqual([name, accepted.includes(name)]);
    }
  });

  it('names every dependency and every verdict', () => {
    const listed = rows(readme, 'Dependencies')
      .map(([name]) => name)
      .join(' ');
    for (const name of Object.keys({ ...project.dependencies, ...project.optionalDependencies })) {
      expect(listed).toContain(name);
    }
    expect(rows(readme, 'Verdicts').map(([verdict = '']) => code(verdict)[0])).toEqual([
      'ready',
      'ready-with-options',
      'not-ready',
      'unknown',
    ]);
  });

  it('links to pages that are there, and shows scripts that exist', () => {
    const pages = [
      'README.md',
      'CONTRIBUTING.md',
      'docs/api.md',
      'docs/policies.md',
      'docs/metrics.md',
      'docs/options.md',
      'docs/targets.md',
      'docs/orchestrators.md',
    ];
    for (const name of pages) {
      const folder = new URL(`../../${name}`, import.meta.url);
      for (const [, target = ''] of page(name).matchAll(/\]\(([^)#:]+)[^):]*\)/g)) {
        expect([name, target, existsSync(new URL(target, folder))]).toEqual([name, target, true]);
      }
      for (const [, script = ''] of page(name).matchAll(/npm run ([\w:]+)/g)) {
        expect(Object.keys(project.scripts ?? {})).toContain(script);
      }
    }
  });

  it('the licence is whole', () => {
    const text = readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8');
    expect(text).toContain('Apache License');
    expect(text).toContain('END OF TERMS AND CONDITIONS');
    expect(project.license).toBe('Apache-2.0');
  });
});
