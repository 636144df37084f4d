import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Access } from '../server/access/access.ts';
import { createReloads, type Reloadable, type Reloads } from '../server/access/reload.ts';
import { readSecrets, secretsStamp } from '../server/access/secrets.ts';
import type { Engine } from '../server/engine.ts';
import type { EngineSetup } from '../server/engine-child.ts';
import { loadPolicySet, PolicyLoadError, type PolicySet } from '../server/local.ts';
import type { Metrics } from '../server/metrics.ts';
import { problemLine } from '../server/policies.ts';

export interface ServeReloadSetup {
  readonly config: Config;
  readonly setup: EngineSetup;
  readonly engines: readonly Pick<Engine, 'replace'>[];
  readonly access: Access;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Who else holds policies. */
  readonly loaded: (set: PolicySet) => void;
}

/** What SIGHUP reads again: policies, tokens, certificates. */
export function serveReloads(parts: ServeReloadSetup): Reloads {
  const { config, setup, engines, access, metrics, log, loaded } = parts;
  const now = () => new Date();
  const secrets: Reloadable = {
    name: 'tokens and certificates',
    prepare() {
      const read = readSecrets(config, now());
      if ('problems' in read) return read;
      return {
        apply() {
          access.replace(read.secrets);
          if (read.secrets.tls !== undefined) metrics.setCertificateEnd(read.secrets.tls.validTo);
        },
      };
    },
  };
  const policies: Reloadable = {
    name: 'policies',
    prepare() {
      const set = readPolicySet(config);
      if ('problems' in set) return set;
      return {
        apply() {
          metrics.setPolicies(set.policies);
          loaded(set);
          for (const engine of engines) engine.replace({ ...setup, policySources: set.sources });
        },
      };
    },
  };
  const stamp = () => secretsStamp(config);
  return createReloads({ all: [secrets, policies], watched: secrets, stamp, log, metrics, now });
}

/** All of them, and the default among them. */
export function readPolicySet(
  config: Pick<Config, 'policy' | 'policyFolders'>,
): PolicySet | { readonly problems: readonly string[] } {
  try {
    const set = loadPolicySet(config.policyFolders);
    const names = set.policies.map(({ name }) => name);
    if (names.includes(config.policy)) return set;
    return { problems: [`policy: expected one of ${names.join(', ')}, got "${config.policy}"`] };
  } catch (error) {
    if (error instanceof PolicyLoadError) return { problems: error.problems.map(problemLine) };
    throw error;
  }
}
