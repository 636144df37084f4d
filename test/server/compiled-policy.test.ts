import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCompiled, toCompiled } from '../../src/server/compiled-policy.ts';
import { builtin } from '../support/policy.ts';

describe('a policy that the build has parsed', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'compiled-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it.each(['criu', 'cr-check-file'])('%s is the one its text says', (name) => {
    const text = readFileSync(new URL(`../../src/policy/builtin/${name}.yaml`, import.meta.url), 'utf8');
    const yaml = join(dir, `${name}.yaml`);
    expect(readCompiled(yaml, text)).toBeUndefined();
    const [file, json] = toCompiled(yaml, text, builtin(name));
    writeFileSync(file, json);
    expect(readCompiled(yaml, text)).toEqual(builtin(name));
    expect(readCompiled(yaml, `${text} `), 'of another text').toBeUndefined();
    writeFileSync(file, json.slice(0, -9));
    expect(readCompiled(yaml, text), 'cut').toBeUndefined();
  });
});
