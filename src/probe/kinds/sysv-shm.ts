import { defineKind } from '../kind.ts';

/** A System V shared memory segment, shmat(2). */
export const sysvShm = defineKind({
  name: 'sysv-shm',
  claim: { prefix: ['/SYSV'] },
  facts: {},
  fop: 'shm_file_operations',
});
