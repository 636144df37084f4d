import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { codeName } from '../../src/bundled.ts';
import { batchFlags } from '../../src/server/prober.ts';
import { remove, temporary } from '../support/held.ts';
import { get, nodeFlags, startDaemon } from './support.ts';

/** Writes a line for each file a program loads: the entry, and whether the code that was kept of it is used. */
const listening = `
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
subscribe('checkpointable:loaded', ({ script, codeFile }) =>
  appendFileSync(process.env.LOADED, codeFile.split('/code/')[1] + ' ' + !script.cachedDataRejected + '\\n'));
`;

it('a start, and that of who probes, compiles nothing that was compiled when it was built', async () => {
  const dir = temporary();
  writeFileSync(join(dir, 'listen.mjs'), listening);
  const environment = { NODE_OPTIONS: `--import ${join(dir, 'listen.mjs')}`, LOADED: join(dir, 'loaded') };
  const daemon = await startDaemon({ environment });
  try {
    const { status } = await get(`${daemon.http}/v1/node?fresh=true&show=counts`);
    expect(status).toBe(200);
    // no letter of it was lost on the way
    const { text } = await get(`${daemon.http}/v1/processes/${daemon.pid}`, {
      headers: { accept: 'text/plain' },
    });
    expect(text.split('\n')[1]).toMatch(/^ {2}\d+ [\w ]+( \u00b7 \d+ [\w ]+)+$/);
  } finally {
    await daemon.stop();
  }
  const lines = readFileSync(join(dir, 'loaded'), 'utf8').trim().split('\n');
  remove(dir);
  const programs = new Set(lines.map((line) => line.split('/')[0]));
  expect([...programs].filter((name) => name !== 'probe_native_ahead-thread').sort()).toEqual([
    codeName('commands/serve', nodeFlags),
    codeName('server/engine-child', nodeFlags),
    codeName('server/engine-child', [...nodeFlags, ...batchFlags]),
  ]);
  expect(lines.filter((line) => !line.endsWith(' true') && !line.startsWith('probe_'))).toEqual([]);
});
