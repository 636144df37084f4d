/** From the report to what is shown; no DOM, no network. */

/**
 * @typedef {import('../../../policy/report.ts').Report} Report
 * @typedef {import('../../../policy/report.ts').Verdict} Verdict
 * @typedef {import('../../../policy/report.ts').Finding} Finding
 * @typedef {import('../../../policy/report.ts').FileRef} FileRef
 * @typedef {import('../../../policy/report.ts').TargetReport} TargetReport
 * @typedef {'pod' | 'container' | 'sandbox' | 'service' | 'process'} RowType
 * @typedef {import('./target.js').Asked} Asked
 */

/**
 * A line of the list.
 * @typedef {object} Row
 * @property {string} key
 * @property {RowType} type
 * @property {string} name
 * @property {string} about second line
 * @property {Verdict} verdict
 * @property {string} reason
 * @property {string} message
 * @property {number} processes
 * @property {number} files
 * @property {number} blocked
 * @property {number} liftable
 * @property {Asked} asked how it is asked about by itself
 * @property {string} print changes when what is known of it does
 */

/** @type {readonly Verdict[]} worst first */
export const verdicts = ['not-ready', 'unknown', 'ready-with-options', 'ready'];

/** @type {Readonly<Record<Verdict, string>>} */
export const verdictWords = {
  'not-ready': 'Not ready',
  unknown: 'Unknown',
  'ready-with-options': 'Ready with options',
  ready: 'Ready',
};

/** One that is not known is read as unknown. @param {string} said @returns {Verdict} */
export const verdictOf = (said) => verdicts.find((one) => one === said) ?? 'unknown';

/** @type {readonly RowType[]} */
export const rowTypes = ['pod', 'container', 'service', 'process'];

/** @type {Readonly<Record<RowType, string>>} */
export const typeWords = {
  pod: 'Pods',
  container: 'Containers',
  sandbox: 'Sandboxes',
  service: 'Services',
  process: 'Other processes',
};

/** @param {string} id */
const short = (id) => id.slice(0, 12);

/** @param {NonNullable<TargetReport['pod']>} pod */
export const podName = ({ uid, namespace, name }) =>
  namespace === undefined || name === undefined ? uid : `${namespace}/${name}`;

/** @param {TargetReport} target @returns {RowType} */
function typeOf({ type, container }) {
  if (type === 'pod') return 'pod';
  if (container !== undefined) return container.role === 'sandbox' ? 'sandbox' : 'container';
  return type === 'cgroup' ? 'service' : 'process';
}

/** @param {TargetReport} target @returns {{ name: string, about: string, asked: Asked, key: string }} */
export function describe({ type, pid, startTimeTicks, comm = '', cgroup, container, pod }) {
  if (type === 'pod' && pod !== undefined) {
    return { name: podName(pod), about: `pod ${pod.uid}`, asked: { pod: pod.uid }, key: `pod ${pod.uid}` };
  }
  if (container !== undefined) {
    const of = pod === undefined ? '' : `of pod ${podName(pod)}, `;
    return {
      name: container.name ?? short(container.id),
      about: `${of}${container.runtime === 'unknown' ? '' : `${container.runtime} `}${short(container.id)}${container.role === 'container' ? '' : `, ${container.role}`}`,
      asked: { container: container.id },
      key: `container ${container.id}`,
    };
  }
  if (type === 'cgroup' && cgroup !== undefined) {
    const root = pid === undefined ? '' : `, process ${pid} ${comm}`;
    const asked = { cgroup };
    return {
      name: cgroup.split('/').pop() || cgroup,
      about: `${cgroup}${root}`,
      asked,
      key: `cgroup ${cgroup} ${pid}`,
    };
  }
  if (pid === undefined) return { name: type, about: '', asked: {}, key: type };
  const pinned = startTimeTicks === undefined ? {} : { startTimeTicks };
  return {
    name: comm === '' ? String(pid) : comm,
    about: `pid ${pid}`,
    asked: { pid: String(pid), ...pinned },
    key: `process ${pid} ${startTimeTicks}`,
  };
}

/** @param {Report} report @returns {Row} */
function rowOf({ target, verdict, reason, message, counts, findings, options, observedAt: _ }) {
  return {
    ...describe(target),
    type: typeOf(target),
    verdict: verdictOf(verdict),
    reason,
    message,
    processes: counts.processes,
    files: counts.files,
    blocked: blockedIn(findings),
    liftable: findings.filter(({ outcome }) => outcome === 'needs-option').length,
    print: JSON.stringify([target, verdict, reason, findings, options.needed]),
  };
}

/** @param {readonly Finding[]} findings */
const blockedIn = (findings) =>
  findings.filter(({ outcome }) => outcome === 'refused' || outcome === 'unknown').length;

/**
 * Each part, and each pod that parts are of.
 * @param {Report} report @returns {readonly Row[]}
 */
export function rowsOf({ parts }) {
  const rows = parts.map(rowOf);
  /** @type {Map<string, { report: Report, rows: Row[] }>} */
  const pods = new Map();
  parts.forEach((report, i) => {
    const { pod } = report.target;
    const row = rows[i];
    if (pod === undefined || row === undefined || row.type !== 'container') return;
    const known = pods.get(pod.uid) ?? { report, rows: [] };
    known.rows.push(row);
    pods.set(pod.uid, known);
  });
  return [...[...pods.values()].map(({ report, rows: own }) => podRow(report.target, own)), ...rows];
}

/** @param {TargetReport} target @param {readonly Row[]} rows @returns {Row} */
function podRow({ pod }, rows) {
  const [worst] = [...rows].sort(byVerdict);
  /** @param {'processes' | 'files' | 'blocked' | 'liftable'} what */
  const sum = (what) => rows.reduce((total, row) => total + row[what], 0);
  const said = rows.length > 1 && worst?.verdict !== 'ready' ? `${worst?.name}: ` : '';
  return {
    ...describe({ type: 'pod', ...(pod === undefined ? {} : { pod }) }),
    type: 'pod',
    about: rows.map(({ name }) => name).join(', '),
    verdict: worst?.verdict ?? 'unknown',
    reason: worst?.reason ?? '',
    message: `${said}${worst?.message ?? ''}`,
    processes: sum('processes'),
    files: sum('files'),
    blocked: sum('blocked'),
    liftable: sum('liftable'),
    print: rows.map(({ print }) => print).join('\n'),
  };
}

/** @param {Row} a @param {Row} b */
export const byVerdict = (a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict);

/**
 * How many of each type have each verdict.
 * @param {readonly Row[]} rows
 */
export function countRows(rows) {
  return rowTypes.map((type) => ({
    type,
    counts: verdicts.map(
      (verdict) => rows.filter((row) => row.type === type && row.verdict === verdict).length,
    ),
  }));
}

/**
 * @typedef {object} KindCount
 * @property {string} kind
 * @property {number} refused
 * @property {number} unknown
 * @property {number} needsOption
 * @property {readonly { reason: string, files: number }[]} reasons
 */

/** @typedef {'refused' | 'unknown' | 'needsOption'} Bad */

/** @type {readonly { outcome: string, of: Bad, words: string }[]} */
export const badOutcomes = [
  { outcome: 'refused', of: 'refused', words: 'refused' },
  { outcome: 'unknown', of: 'unknown', words: 'cannot be told' },
  { outcome: 'needs-option', of: 'needsOption', words: 'lifted by an option' },
];

/**
 * What is not allowed, by kind, most first. How a reason comes out is told by its findings.
 * @param {Report} report @returns {readonly KindCount[]}
 */
export function kindsOf({ rejected, findings }) {
  /** @type {Map<string, Bad>} */
  const outcomes = new Map();
  for (const { outcome, reason, file } of [...findings].reverse()) {
    const bad = badOutcomes.find((one) => one.outcome === outcome);
    // worst first: the first that is said of it stands
    if (bad !== undefined) outcomes.set(JSON.stringify([file?.kind ?? 'process', reason]), bad.of);
  }
  /** @type {Map<string, KindCount & { reasons: { reason: string, files: number }[] }>} */
  const kinds = new Map();
  for (const { kind, reason, files } of rejected) {
    const known = kinds.get(kind) ?? { kind, refused: 0, unknown: 0, needsOption: 0, reasons: [] };
    const of = outcomes.get(JSON.stringify([kind, reason])) ?? 'unknown';
    known[of] += files;
    known.reasons.push({ reason, files });
    kinds.set(kind, known);
  }
  return [...kinds.values()].sort((a, b) => totalOf(b) - totalOf(a));
}

/** @param {KindCount} kind */
export const totalOf = ({ refused, unknown, needsOption }) => refused + unknown + needsOption;

/**
 * Findings of one rule that came out the same.
 * @typedef {object} Group
 * @property {string} key
 * @property {Finding} first
 * @property {readonly Finding[]} findings
 * @property {string} message said of all; each has its own where this is empty, and likewise:
 * @property {string} advice
 * @property {readonly string[]} lift
 */

/** @param {readonly Finding[]} findings @returns {readonly Group[]} */
export function groupFindings(findings) {
  /** @type {Map<string, Finding[]>} */
  const groups = new Map();
  for (const finding of findings) {
    const { outcome, phase, rule, reason } = finding;
    const key = JSON.stringify([outcome, phase, rule, reason]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups].map(([key, group]) => {
    const first = /** @type {Finding} */ (group[0]);
    /** @param {'message' | 'advice'} what */
    const shared = (what) => (group.every((one) => one[what] === first[what]) ? first[what] : '');
    const lift = group.every((one) => one.lift.join() === first.lift.join()) ? first.lift : [];
    return { key, first, findings: group, message: shared('message'), advice: shared('advice'), lift };
  });
}

/**
 * Every option that has to do with this report: those given, those needed, and what else lifts something.
 * @param {Report} report
 */
export function optionsOf({ options, findings }) {
  return [...new Set([...options.given, ...options.needed, ...findings.flatMap(({ lift }) => lift)])].sort();
}

/**
 * @typedef {{ readonly row: Row, readonly before: Row | undefined, readonly gone: boolean }} Change
 */

/**
 * What came, went, or has another verdict or reason.
 * @param {readonly Row[]} before @param {readonly Row[]} now @returns {readonly Change[]}
 */
export function changesBetween(before, now) {
  const old = new Map(before.map((row) => [row.key, row]));
  const keys = new Set(now.map(({ key }) => key));
  /** @type {Change[]} */
  const changes = [];
  for (const row of now) {
    const was = old.get(row.key);
    if (was?.verdict === row.verdict && was.reason === row.reason) continue;
    changes.push({ row, before: was, gone: false });
  }
  for (const row of before) if (!keys.has(row.key)) changes.push({ row, before: row, gone: true });
  return changes;
}
