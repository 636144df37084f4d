import { describe, expect, it } from 'vitest';
import { code, page, rows } from './page.ts';

describe('docs/security.md', () => {
  const threats = rows(page('docs/security.md'), 'Threats');

  it.each(threats.map((cells) => [cells[0] ?? '', cells] as const))('%s: has its test', (_, cells) => {
    expect(cells).toHaveLength(3);
    const [file = '', name = ''] = code(cells[2] ?? '');
    expect(file).toMatch(/\.test\.ts$/);
    const text = page(file);
    const written = [`'${name}'`, `\`${name}\``, `"${name}"`];
    expect(
      written.some((quoted) => text.includes(quoted)),
      `${file}: "${name}"`,
    ).toBe(true);
  });

  it('has some', () => {
    expect(threats.length).toBeGreaterThan(20);
  });
});
