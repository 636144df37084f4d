import { defineKind } from '../kind.ts';

/** The ring of an AIO context, io_setup(2). */
export const aio = defineKind({
  name: 'aio',
  claim: { prefix: ['/[aio]'] },
  facts: {},
  fop: 'aio_ring_fops',
});
