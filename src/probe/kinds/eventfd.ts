import { defineKind } from '../kind.ts';
import { fdinfoNumber, fdinfoText } from './fdinfo-facts.ts';

/** eventfd(2); fs/eventfd.c prints the counter in hexadecimal. */
export const eventfd = defineKind({
  name: 'eventfd',
  claim: { anon: ['eventfd'] },
  facts: { eventfdCount: 'string', eventfdCountOver32Bits: 'boolean', eventfdSemaphore: 'boolean' },
  fop: 'eventfd_fops',
  read: (draft) => {
    const count = fdinfoText(draft, 'eventfd-count');
    return {
      eventfdCount: count === undefined ? null : BigInt(`0x${count}`).toString(),
      eventfdCountOver32Bits: count === undefined ? null : BigInt(`0x${count}`) > 0xffffffffn,
      eventfdSemaphore: fdinfoNumber(draft, 'eventfd-semaphore') === 1,
    };
  },
});
