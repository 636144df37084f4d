import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const flags =
  '--longs=String --enums=String --defaults --oneofs --grpcLib=@grpc/grpc-js --importFileExtension=.ts -I proto';

const files = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]),
  );

it('src/server/grpc/generated is what the proto gives: else `npm run generate`', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkpointable-'));
  try {
    const words = [...flags.split(' '), '-O', folder, 'checkpointable/v1/readiness.proto'];
    execFileSync('node_modules/.bin/proto-loader-gen-types', words);
    expect(files('src/server/grpc/generated')).toEqual(files(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
