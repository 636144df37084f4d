import { describe, expect, it } from 'vitest';
import { parseFilesystems } from '../../../src/probe/parse/filesystems.ts';

const cases = [
  {
    name: 'with and without device',
    text: 'nodev\tsysfs\n\text4\n\tfuseblk\nnodev\toverlay\n',
    want: [
      ['sysfs', false],
      ['ext4', true],
      ['fuseblk', true],
      ['overlay', false],
    ],
  },
  { name: 'empty', text: '', want: [] },
  { name: 'last line cut', text: '\text4\n\text', want: [['ext4', true]] },
  { name: 'another first column', text: 'maybe\text4\n', want: [] },
  { name: 'no tab', text: 'ext4\n', want: [] },
  { name: 'no name', text: '\t\nnodev\t\n\n', want: [] },
  { name: 'two tabs', text: '\text4\tx\n', want: [] },
  { name: 'binary', text: '\x00\xff\n', want: [] },
];

describe('parseFilesystems', () => {
  it.each(cases)('$name', ({ text, want }) => {
    expect([...parseFilesystems(text)]).toEqual(want);
  });
});
