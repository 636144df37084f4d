import { expect, test } from 'vitest';
import { alignRows, displayWidth } from '../../src/server/table.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['日本', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['💾', 2],
  ['→', 1],
])('displayWidth(%s)', (text, want) => {
  expect(displayWidth(text)).toBe(want);
});

test('columns line up by what is seen, the last is neither cut nor padded', () => {
  const rows = [
    ['A', 'B', 'C'],
    ['日本', '', `/long/${'x'.repeat(200)} `],
    ['e\u0301', 'bb', ''],
  ];
  expect(alignRows(rows)).toEqual(['A     B   C', `日本      /long/${'x'.repeat(200)} `, 'e\u0301     bb']);
});
