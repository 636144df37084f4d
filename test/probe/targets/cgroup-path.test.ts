import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCgroupPath } from '../../../src/probe/targets/cgroup-path.ts';
import { cgroupLines } from './cgroup-lines.ts';

describe('parseCgroupPath', () => {
  it.each(cgroupLines)('$source: $path', ({ path, is }) => {
    if (is === undefined) expect(parseCgroupPath(path)).toBeUndefined();
    else expect(parseCgroupPath(path)).toMatchObject(is);
  });

  it('has more than forty lines that were shown as they are', () => {
    const shown = cgroupLines.filter(({ source }) => !source.includes('(form'));
    expect(new Set(shown.map(({ path }) => path)).size).toBeGreaterThan(40);
  });

  it('takes any path, and its own cgroup is where it begins', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 8 }), (names) => {
        const path = `/${names.join('/')}`;
        const found = parseCgroupPath(path);
        if (found !== undefined) expect(path.startsWith(found.cgroup)).toBe(true);
      }),
    );
  });

  it('knows a container in a scope wherever it is nested', () => {
    const fixed = cgroupLines.filter(({ is }) => is?.type === 'container' && is.containerId?.length === 64);
    for (const { path, is } of fixed) {
      for (const below of ['/init.scope', '/container', '/system.slice/nginx.service', '/kubelet']) {
        const found = parseCgroupPath(`${path.replace(/ \(deleted\)$|\/$/, '')}${below}`);
        expect(found).toMatchObject({ containerId: is?.containerId, runtime: is?.runtime });
      }
    }
  });
});
