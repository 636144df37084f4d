import { defineKind } from '../kind.ts';

/** A buffer shared between devices (drivers/dma-buf/dma-buf.c). */
export const dmaBuf = defineKind({
  name: 'dma-buf',
  claim: { prefix: ['/dmabuf:'] },
  facts: {},
  fop: 'dma_buf_fops',
});
