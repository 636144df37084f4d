import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realFolders } from '../../../src/probe/targets/folders.ts';

describe('realFolders', () => {
  const reader = realFolders();
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'folders-'));
    mkdirSync(join(dir, 'in', 'a'), { recursive: true });
    mkdirSync(join(dir, 'out'));
    writeFileSync(join(dir, 'in', 'a', 'file'), 'é');
    writeFileSync(join(dir, 'out', 'secret'), 'secret');
    symlinkSync('../out', join(dir, 'in', 'link'));
    symlinkSync('../../out/secret', join(dir, 'in', 'a', 'secret'));
    writeFileSync(join(dir, 'in', 'a', 'large'), '');
    truncateSync(join(dir, 'in', 'a', 'large'), 9 * 1024 * 1024);
    symlinkSync('in', join(dir, 'configured'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));
  const at = (name = 'in') => join(dir, name);

  it('lists and reads, also where the operator gave a link', () => {
    expect(reader.list(at(), 'a')).toEqual(expect.arrayContaining(['file', 'secret', 'large']));
    expect(reader.readText(at(), 'a', 'file')).toBe('é');
    expect(reader.readText(at('configured'), 'a', 'file')).toBe('é');
  });
  it.each([
    [['a', 'secret'], 'ELOOP'],
    [['link', 'secret'], 'ENOTDIR'],
    [['..', 'out', 'secret'], 'EINVAL'],
    [['../out/secret'], 'EINVAL'],
    [['a', 'large'], 'EFBIG'],
    [['a'], 'EINVAL'],
    [['a', 'no'], 'ENOENT'],
  ])('%o is %s', (names, errno) => {
    expect(reader.readText(at(), ...names)).toEqual({ errno });
  });
  it('does not list through a link', () => {
    expect(reader.list(at(), 'link')).toEqual({ errno: 'ENOTDIR' });
  });
});
