import { defineKind } from '../kind.ts';

/** What none of the kinds claims, or what could not be looked at. */
export const unknown = defineKind({
  name: 'unknown',
  claim: { link: 'other' },
  facts: {},
  fop: 'unknown',
});
