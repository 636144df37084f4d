import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { realStateReader } from '../../../src/probe/runtime/index.ts';

const dir = mkdtempSync(join(tmpdir(), 'checkpointable-reader-'));
afterAll(() => rmSync(dir, { recursive: true }));
const at = (name: string) => join(dir, name);

describe('the reader of state', () => {
  it('reads a file up to its limit', () => {
    writeFileSync(at('file'), 'dé');
    expect(realStateReader.readText(at('file'), 3)).toBe('dé');
    expect(realStateReader.readText(at('file'), 2)).toEqual({ errno: 'EFBIG' });
    expect(realStateReader.list(dir)).toEqual(['file']);
  });

  it('neither follows a link nor waits for a fifo', () => {
    symlinkSync('/etc/passwd', at('link'));
    execFileSync('mkfifo', [at('fifo')]);
    expect(realStateReader.readText(at('link'), 100)).toEqual({ errno: 'ELOOP' });
    expect(realStateReader.readText(at('fifo'), 100)).toEqual({ errno: 'EINVAL' });
    expect(realStateReader.readText(dir, 100)).toEqual({ errno: 'EINVAL' });
    expect(realStateReader.readText(at('nothing'), 100)).toEqual({ errno: 'ENOENT' });
    expect(realStateReader.list(at('nothing'))).toEqual({ errno: 'ENOENT' });
  });
});
