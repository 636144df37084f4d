/**
 * CRIU's configuration file (criu(8): CONFIGURATION FILES): an option a line with its value after a blank, `#` begins
 * a comment. `no-NAME` takes an option away.
 */
export function parseCriuConf(text: string): {
  readonly given: readonly string[];
  readonly taken: readonly string[];
} {
  const given: string[] = [];
  const taken: string[] = [];
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] =
      /^\s*([a-z][a-z0-9-]*)(?:\s+([^#]*[^#\s]))?\s*(?:#.*)?$/.exec(line) ?? [];
    if (name === '') continue;
    if (name.startsWith('no-')) taken.push(name.slice(3));
    else given.push(value === '' ? name : `${name}=${value.replace(/^(["'])(.*)\1$/, '$2')}`);
  }
  return { given: given.filter((option) => !taken.includes(nameOf(option))), taken };
}

export const nameOf = (option: string): string => option.split('=')[0] ?? option;
