import { defineKind } from '../kind.ts';
import { fdinfoNumber } from './fdinfo-facts.ts';

/** Majors of terminals: Documentation/admin-guide/devices.txt. 128-135 are pty masters, 136-143 slaves. */
const pty = Array.from({ length: 16 }, (_, i) => 128 + i);
const majors = [2, 3, 4, 5, ...pty, 166, 188, 204, 229];

/** A terminal: /dev/tty*, a console, a serial line, either end of a pseudo terminal (drivers/tty/). */
export const tty = defineKind({
  name: 'tty',
  claim: { type: 'char', majors },
  facts: {
    ttyRole: 'string',
    ttyIndex: 'number',
    ttyNameIsIndex: 'boolean',
    masterInTree: 'boolean',
    orphanedTerminals: 'number',
    ttySessionOutside: 'boolean',
    ttyInherited: 'boolean',
    ttyIndexTwice: 'boolean',
  },
  fop: ({ facts }) => (facts.major === 5 && facts.minor === 1 ? 'console_fops' : 'tty_fops'),
  read: (draft) => {
    const { major, minor } = draft.facts;
    const masterIndex = fdinfoNumber(draft, 'tty-index');
    if (masterIndex !== undefined) return { ttyRole: 'master', ttyIndex: masterIndex };
    if (typeof major !== 'number' || typeof minor !== 'number') return { ttyRole: null };
    if (major >= 128 && major <= 135) return { ttyRole: 'master', ttyIndex: (major - 128) * 256 + minor };
    if (major >= 136 && major <= 143) return { ttyRole: 'slave', ttyIndex: (major - 136) * 256 + minor };
    if (major === 5) return { ttyRole: ['current', 'console', 'ptmx'][minor] ?? 'other' };
    return { ttyRole: major === 4 && minor < 64 ? 'virtual' : 'serial' };
  },
});
