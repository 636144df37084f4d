import { mkdtemp } from 'node:fs/promises';
import { it } from 'vitest';
import { createLocalAssess } from '../../src/server/local.ts';
import { saidBy } from './compare.ts';
import { dump, restore } from './criu.ts';
import { fill, killTree, startHolder } from './holder.ts';
import { rowSituations } from './situations/rows.ts';

const { assess } = createLocalAssess({
  procRoot: '/proc',
  policyFolders: [],
  defaultPolicy: 'criu',
  detectedVersions: {},
});
it('x', async () => {
  for (const { name } of rowSituations.filter(({ name }) => name.includes(process.env.SITUATION ?? ''))) {
    const h = await startHolder(name).catch((e) => ({ skip: String(e) }));
    if ('skip' in h) {
      console.log(name, 'SKIP', h.skip);
      continue;
    }
    const r = assess({
      pid: h.pid,
      scope: 'tree',
      options: fill((process.env.OPTS ?? '').split(' ').filter(Boolean), h.vars),
      show: 'blocking',
    });
    const run = await dump(
      h.pid,
      (process.env.OPTS ?? '').split(' ').filter(Boolean),
      await mkdtemp('/tmp/zz-'),
    );
    console.log(
      name,
      '| we:',
      saidBy(r) || r.verdict,
      '| criu:',
      run.ok ? 'ok' : run.errors.slice(0, 4).join(' / '),
    );
    if (run.ok) {
      const d = await mkdtemp('/tmp/zz-');
      await dump(h.pid, [], d, 'killed');
      await killTree(h.pid);
      const s = await restore([], d);
      if (s.ok) await killTree(h.pid);
      console.log(name, 'SKIP restore', s.ok, s.errors.slice(0, 4).join(' / '));
    }
    await h.stop();
  }
});
