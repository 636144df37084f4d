import { describe, expect, it } from 'vitest';
import { deviceText, parseDevicePair, parseSdev } from '../../../src/probe/parse/device.ts';

const cases = [
  { name: 'disk', sdev: 'fe00001', pair: 'fe:01', want: '254:1' },
  { name: 'no major', sdev: 'f', pair: '00:0f', want: '0:15' },
  { name: 'largest', sdev: 'ffffffff', pair: 'fff:fffff', want: '4095:1048575' },
];

describe('a device', () => {
  it.each(cases)('$name is the same in fdinfo, in maps and in mountinfo', ({ sdev, pair, want }) => {
    const device = parseSdev(sdev);
    expect(device && deviceText(device)).toBe(want);
    expect(parseDevicePair(pair)).toBe(want);
  });

  it.each(['', 'x', '100000000', '-1'])('sdev %j is none', (text) => {
    expect(parseSdev(text)).toBeUndefined();
  });

  it.each(['', ':', 'fe', 'fe:', ':00', 'fe:x'])('pair %j is none', (text) => {
    expect(parseDevicePair(text)).toBeUndefined();
  });
});
