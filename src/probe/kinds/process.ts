import type { FactType } from '../../facts.ts';

/** The process itself is judged as a subject of this kind; `process.ts` reads its facts (proc(5): stat, status). */
export const processFacts: Readonly<Record<string, FactType>> = {
  state: 'string',
  ppid: 'number',
  pgrp: 'number',
  session: 'number',
  uids: 'list',
  gids: 'list',
  threads: 'number',
  tracerPid: 'number',
  securityLabel: 'string',
  isRoot: 'boolean',
};
