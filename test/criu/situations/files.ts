import { anonSituations } from './files-anon.ts';
import { deviceSituations } from './files-device.ts';
import { lockSituations } from './files-lock.ts';
import { mapSituations } from './files-maps.ts';
import { pathSituations } from './files-path.ts';
import { tableSituations } from './files-table.ts';
import { ttySituations } from './files-tty.ts';
import { watchSituations } from './files-watch.ts';
import type { Situation } from './situation.ts';

/** Open files, mappings, cwd, root and exe: CRIU's answer to each. */
export const fileSituations: readonly Situation[] = [
  ...tableSituations,
  ...deviceSituations,
  ...ttySituations,
  ...anonSituations,
  ...mapSituations,
  ...lockSituations,
  ...pathSituations,
  ...watchSituations,
];
