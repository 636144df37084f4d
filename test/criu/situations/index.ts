import { fileSituations } from './files.ts';
import { processSituations } from './processes.ts';
import { rowSituations } from './rows.ts';
import type { Situation } from './situation.ts';
import { socketSituations } from './sockets.ts';

export const situations: readonly Situation[] = [
  ...fileSituations,
  ...socketSituations,
  ...processSituations,
  ...rowSituations,
];
