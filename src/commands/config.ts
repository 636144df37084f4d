import { Document, type Scalar } from 'yaml';
import { readConfig, variableOf } from '../config.ts';
import { type Name, names } from '../config-settings.ts';
import type { Given } from '../config-sources.ts';

/** `config`: what is in force, as a file that `--config` takes, with where each value comes from. */
export async function config(args: readonly string[]): Promise<number> {
  const { problems, ...result } = readConfig(args, process.env);
  if (!('given' in result)) {
    process.stderr.write(`${problems.map((line) => `checkpointable config: ${line}`).join('\n')}\n`);
    return 64;
  }
  process.stdout.write(configYaml(result.given));
  return 0;
}

export function configYaml(given: Readonly<Record<Name, Given>>): string {
  const shown = names.filter((name) => name !== 'config');
  const document = new Document(Object.fromEntries(shown.map((name) => [name, yamlOf(given[name].text)])));
  for (const name of shown) {
    const node = document.get(name, true) as Scalar;
    node.comment = ` ${originOf(name, given[name])}`;
  }
  return document.toString({ lineWidth: 0 });
}

function originOf(name: Name, { place }: Given): string {
  if (place === name) return 'default';
  if (place === `--${name}` || place === variableOf(name)) return place;
  return place.slice(0, -`: ${name}`.length);
}

/** Numbers and switches as YAML has them. */
const yamlOf = (text: string): string | number | boolean =>
  /^(true|false)$/.test(text) ? text === 'true' : /^(0|[1-9]\d*)$/.test(text) ? Number(text) : text;
