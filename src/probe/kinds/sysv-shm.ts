import { defineKind } from '../kind.ts';

/** A System V shared memory segment, shmat(2). */
export const sysvShm = defineKind({
  name: 'sysv-shm',
  claim: { prefix: ['/SYSV'] },
  facts: { partlyMapped: 'boolean' },
  fop: 'shm_file_operations',
  read: ({ facts }) => ({
    partlyMapped:
      typeof facts.mappedBytes === 'number' && typeof facts.sizeBytes === 'number'
        ? facts.mappedBytes < facts.sizeBytes
        : null,
  }),
});
