import type { Draft } from '../draft.ts';
import type { OpenNeed } from '../kind.ts';

/** A file with a path is found again by that; but sysfs may forbid to open it once more (relate/specials.ts). */
export const plainNeed = ({ facts }: Draft): OpenNeed => (facts.fsType === 'sysfs' ? 'fdinfo' : 'nothing');
