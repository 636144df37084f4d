import { agrees, dumps, type Trial } from './compare.ts';

export interface Summary {
  /** Dumps compared, without restores. */
  readonly dumps: number;
  readonly refusals: number;
  /** Said that it dumps, and it did not. */
  readonly wrongReady: readonly string[];
  /** Of them those that no look from outside can tell. */
  readonly knownMisses: readonly string[];
  readonly falseRefusals: readonly string[];
  readonly unknown: readonly string[];
  readonly reasons: number;
  readonly reasonsRight: number;
  readonly wrongReasons: readonly string[];
  readonly restores: number;
  readonly wrongRestores: readonly string[];
}

/** What no look from outside can tell; each is explained in docs/fidelity.md. */
export const unknowable: Readonly<Record<string, string>> = {
  'landlock-abstract-sockets': 'a Landlock domain shows nowhere in procfs; no_new_privs is warned of',
  'landlock-no-proc': 'a Landlock domain shows nowhere in procfs; no_new_privs is warned of',
  'segment-of-ldt': 'the code segment of a thread shows only to a tracer',
};

const isRestore = ({ name }: Trial): boolean => name.endsWith('(restore)');

export function summarize(trials: readonly Trial[]): Summary {
  const tried = trials.filter((trial) => !isRestore(trial));
  const restores = trials.filter(isRestore);
  const names = (list: readonly Trial[]) => list.map(({ name, options }) => [name, ...options].join(' '));
  const wrongReady = tried.filter((trial) => dumps(trial.prediction) === true && trial.actual !== 'ok');
  const reasons = tried.filter(({ reasonRight }) => reasonRight !== undefined);
  return {
    dumps: tried.length,
    refusals: tried.filter(({ prediction }) => dumps(prediction) === false).length,
    wrongReady: names(wrongReady.filter(({ name }) => !(name in unknowable))),
    knownMisses: names(wrongReady.filter(({ name }) => name in unknowable)),
    falseRefusals: names(tried.filter((trial) => dumps(trial.prediction) === false && trial.actual === 'ok')),
    unknown: names(tried.filter(({ prediction }) => prediction === 'unknown')),
    reasons: reasons.length,
    reasonsRight: reasons.filter(({ reasonRight }) => reasonRight).length,
    wrongReasons: names(reasons.filter(({ reasonRight }) => !reasonRight)),
    restores: restores.length,
    wrongRestores: names(restores.filter((trial) => agrees(trial) === false)),
  };
}

/** The confusion table, then every disagreement with what each side says. */
export function printTable(summary: Summary, trials: readonly Trial[]): void {
  const count = (predicted: boolean | undefined, actual: string) =>
    trials.filter(
      (trial) => !isRestore(trial) && dumps(trial.prediction) === predicted && trial.actual === actual,
    ).length;
  const row = (title: string, predicted: boolean | undefined) =>
    `${title.padEnd(16)}${['ok', 'refused', 'hazard'].map((actual) => String(count(predicted, actual)).padStart(12)).join('')}`;
  const lines = [
    '',
    `${'we say'.padEnd(16)}${['criu dumps', 'criu fails', 'not tried'].map((title) => title.padStart(12)).join('')}`,
    row('it dumps', true),
    row('it does not', false),
    row('unknown', undefined),
    `reasons right: ${summary.reasonsRight} of ${summary.reasons}; restores: ${summary.restores}, ${summary.wrongRestores.length} not as said`,
  ];
  const named = new Set([
    ...summary.wrongReady,
    ...summary.knownMisses,
    ...summary.falseRefusals,
    ...summary.unknown,
    ...summary.wrongReasons,
    ...summary.wrongRestores,
  ]);
  for (const { name, options, said, prediction, actual } of trials) {
    const title = [name, ...options].join(' ');
    if (named.has(title)) lines.push(`- ${title}: ${prediction} / ${actual}: ${said}`);
  }
  console.log(lines.join('\n'));
}
