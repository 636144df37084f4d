import type { Facts } from '../facts.ts';
import { parseCgroup } from './parse/cgroup.ts';
import { failed, gone } from './proc.ts';
import type { NoteUnread } from './process-facts.ts';
import type { Scan } from './scan.ts';

/**
 * Whether the process's cgroup is frozen: `v1` (freezer.state), `v2` (cgroup.events), `no`. A frozen v2 group is seen
 * nowhere in /proc/PID; cgroups(7), Documentation/admin-guide/cgroup-v2.rst.
 */
export function readFrozen(scan: Scan, pid: number, note: NoteUnread): Facts {
  const text = scan.proc.readPiece(`${pid}/cgroup`);
  const mounts = scan.ownMounts();
  if (failed(text) || failed(mounts)) {
    note('read cgroup', failed(text) ? text : { errno: 'EACCES' }, ['frozen']);
    return { frozen: failed(text) && gone(text) ? 'no' : null };
  }
  for (const { hierarchyId, controllers, path } of parseCgroup(text).rows) {
    const unified = hierarchyId === 0;
    if (path === '/' || (!unified && !controllers.includes('freezer'))) continue; // the root cannot be frozen
    const mount = mounts.rows.find(({ fsType, superOptions }) =>
      unified ? fsType === 'cgroup2' : fsType === 'cgroup' && superOptions.split(',').includes('freezer'),
    );
    if (mount === undefined) continue;
    const folder = `${scan.agentRoot}${mount.mountPoint}${path}`;
    const state = scan.proc.readText(`${folder}/${unified ? 'cgroup.events' : 'freezer.state'}`);
    if (failed(state)) continue;
    const said = unified ? /^frozen 1$/m.test(state) : /FROZEN|FREEZING/.test(state);
    if (!unified && !said) continue;
    const by = frozenBy(scan, `${scan.agentRoot}${mount.mountPoint}`, path, unified);
    // v2: on its way there is as good as there
    if (!said && by.length === 0) continue;
    const group = `${mount.mountPoint}${by.length === 1 ? by[0] : path}`;
    return { frozen: unified ? 'v2' : 'v1', frozenCgroup: group, frozenLevels: Math.max(by.length, 1) };
  }
  return { frozen: 'no' };
}

/** Which of the groups above, itself among them, were told to freeze: one is thawed by that group alone. */
function frozenBy({ proc }: Scan, top: string, path: string, unified: boolean): readonly string[] {
  const file = unified ? 'cgroup.freeze' : 'freezer.self_freezing';
  const names = path.split('/').filter(Boolean);
  return names
    .map((_, at) => `/${names.slice(0, at + 1).join('/')}`)
    .filter((each) => {
      const text = proc.readText(`${top}${each}/${file}`);
      return !failed(text) && text.trim() === '1';
    });
}
