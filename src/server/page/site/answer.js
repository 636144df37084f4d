import { clock, code, Escaped, make, name, plural, shape } from './dom.js';
import { shownPath } from './escape.js';
import { verdictMark } from './overview.js';
import { describe, groupFindings, optionsOf } from './report.js';
import { toHash } from './target.js';

/** @typedef {import('./report.js').Report} Report */
/** @typedef {import('./report.js').Finding} Finding */
/** @typedef {import('./report.js').Group} Group */

const firstFiles = 5;
const mostFiles = 300;
const firstOptions = 12;

/** @type {Readonly<Record<string, { words: string, mark: string }>>} */
const outcomes = {
  refused: { words: 'In the way', mark: 'not-ready' },
  unknown: { words: 'Cannot be told', mark: 'unknown' },
  'needs-option': { words: 'An option lifts it', mark: 'ready-with-options' },
  allowed: { words: 'Lifted by an option given', mark: 'ready' },
  warning: { words: 'Warning, changes no verdict', mark: 'unknown' },
};

/** @type {Readonly<Record<string, string>>} */
const phases = {
  restore: 'At restore: the dump passes, and the restore fails.',
  loss: 'Lost: dump and restore pass, and something is gone.',
  hazard: 'Do not try: it does harm, not only fail.',
};

/**
 * All that is said of one target.
 * @param {Report} report
 * @param {ReadonlyMap<string, string>} effects of options, as the policy tells
 */
export function answerNodes(report, effects) {
  const { findings, parts, notes, unread, changedDuringCheck, counts, policy, runtime } = report;
  const groups = groupFindings(findings);
  /** @param {...string} wanted */
  const of = (...wanted) => groups.filter(({ first }) => wanted.includes(first.outcome));
  const blocking = groups.filter(({ first }) => first.outcome !== 'allowed' && first.outcome !== 'warning');
  return [
    make('p', { class: 'conclusion' }, verdictMark(report.verdict), ' ', conclusion(report)),
    make(
      'p',
      { class: 'small' },
      `${plural(counts.processes, 'process', 'processes')}, ${plural(counts.files, 'file')}, observed at `,
      clock(report.observedAt),
      `, policy ${policy.name}, ${policy.engine} ${policy.engineVersion} (${policy.versionSource})`,
      runtime.name === 'none'
        ? '.'
        : `, runtime ${runtime.name} (${runtime.source}) gives ${plural(runtime.options.length, 'option')} by itself.`,
    ),
    changedDuringCheck &&
      make('p', { class: 'notice' }, 'It changed while it was read: ask again before relying on this.'),
    notes.map((note) => make('p', { class: 'small' }, 'Note: ', name(note))),
    parts.length > 0 && partList(parts),
    optionBoxes(report, effects),
    groupList('What is in the way', blocking, 'Nothing is in the way.'),
    placement(report),
    of('allowed').length > 0 && groupList('Lifted by the options given', of('allowed'), ''),
    of('warning').length > 0 && groupList('Warnings', of('warning'), ''),
    unread.length > 0 &&
      make(
        'details',
        { 'data-key': 'unread' },
        make('summary', {}, `${plural(unread.length, 'read')} failed: what depends on them cannot be told`),
        make(
          'ul',
          {},
          [...new Set(unread.map(({ pid, call, errno }) => `pid ${pid}, ${call}: ${errno}`))]
            .slice(0, mostFiles)
            .map((line) => make('li', {}, line)),
        ),
      ),
  ];
}

/** @param {Report} report */
function conclusion({ verdict, options, message }) {
  const all = [...options.given, ...options.needed].map((option) => ` --${option}`).join('');
  if (verdict === 'ready')
    return options.given.length === 0 ? 'No option is needed.' : ['With', name(all), '.'];
  if (verdict === 'ready-with-options') return ['It takes', name(all), '.'];
  return name(message);
}

/** @param {readonly Report[]} parts */
function partList(parts) {
  return [
    make('h3', {}, 'Parts'),
    make(
      'ul',
      { class: 'parts' },
      parts.map(({ target, verdict, reason, message }) => {
        const { name: called, about, asked } = describe(target);
        return make(
          'li',
          {},
          verdictMark(verdict),
          ' ',
          make('a', { href: toHash(asked), 'data-key': `part ${about}` }, name(called)),
          ' ',
          make('span', { class: 'small' }, name(about)),
          verdict !== 'ready' && [' ', make('span', {}, `${reason}: `, name(message))],
        );
      }),
    ),
  ];
}

/** @param {Report} report @param {ReadonlyMap<string, string>} effects */
function optionBoxes(report, effects) {
  const { given, needed, unrecognised } = report.options;
  const all = optionsOf(report);
  if (all.length === 0) return null;
  const own = new Map(report.options.effects.map(({ option, effect }) => [option, effect]));
  const boxes = all.map((option, i) => {
    const effect = own.get(option) ?? effects.get(option.split('=')[0] ?? '') ?? '';
    const id = `option-${i}`;
    const box = {
      type: 'checkbox',
      id,
      value: option,
      checked: given.includes(option),
      'data-key': `option ${option}`,
    };
    const hint = effect !== '' && make('span', { class: 'small', id: `${id}-effect` }, `${effect}`);
    return make(
      'li',
      {},
      make('input', { ...box, 'aria-describedby': hint ? `${id}-effect` : undefined }),
      ' ',
      make(
        'label',
        { for: id },
        code(`--${option}`),
        needed.includes(option) && make('strong', {}, ' would help'),
      ),
      hint && [' ', hint],
    );
  });
  return make(
    'fieldset',
    { class: 'options' },
    make('legend', {}, make('h3', {}, 'What if the dump had these options?')),
    make('ul', {}, boxes.slice(0, firstOptions)),
    boxes.length > firstOptions &&
      make(
        'details',
        { 'data-key': 'more-options' },
        make('summary', {}, `${boxes.length - firstOptions} more options`),
        make('ul', {}, boxes.slice(firstOptions)),
      ),
    make(
      'p',
      { class: 'actions' },
      needed.length > 0 &&
        make(
          'button',
          { type: 'button', id: 'all-options', 'data-key': 'all-options' },
          `Tick all that would help (${needed.length})`,
        ),
      ' ',
      given.length > 0 &&
        make('button', { type: 'button', id: 'no-options', 'data-key': 'no-options' }, 'Tick none'),
    ),
    unrecognised.length > 0 &&
      make('p', { class: 'notice' }, `Not options of this policy: ${unrecognised.join(' ')}`),
  );
}

/** @param {string} title @param {readonly Group[]} groups @param {string} none */
function groupList(title, groups, none) {
  return [
    make('h3', {}, title),
    groups.length === 0
      ? make('p', {}, none)
      : make(
          'ol',
          { class: 'groups' },
          groups.map((group) => groupNode(group)),
        ),
  ];
}

/** @param {Group} group */
function groupNode(group) {
  const { key, first, findings, message, advice, lift } = group;
  const { words, mark } = outcomes[first.outcome] ?? { words: first.outcome, mark: 'unknown' };
  const lines = findings.slice(0, mostFiles).map((finding) => findingLine(finding, group));
  const rest = findings.length - firstFiles;
  const left = findings.length - lines.length;
  const hopeless = first.outcome === 'refused' && findings.every((one) => one.lift.length === 0);
  return make(
    'li',
    { class: first.outcome },
    make(
      'p',
      { class: 'kind' },
      shape(mark),
      ' ',
      make('strong', {}, first.phase === 'hazard' ? 'Do not try' : words),
      `: ${first.reason}`,
    ),
    message !== '' && make('p', { class: 'message' }, name(message)),
    phases[first.phase] !== undefined && make('p', { class: 'small' }, phases[first.phase]),
    lift.length > 0 &&
      make('p', {}, 'Lifted by ', alternatives(lift), first.effect !== '' && `: ${first.effect}`, '.'),
    hopeless && make('p', {}, 'No option lifts it.'),
    advice !== '' && make('p', {}, 'What would help: ', name(advice), '.'),
    make('ul', { class: 'files' }, lines.slice(0, rest > 0 ? firstFiles : undefined)),
    rest > 0 &&
      make(
        'details',
        { 'data-key': `group ${key}` },
        make('summary', {}, `${rest.toLocaleString('en')} more`),
        make('ul', { class: 'files' }, lines.slice(firstFiles)),
        left > 0 &&
          make('p', {}, `and ${left.toLocaleString('en')} that are not shown here: the JSON has all.`),
      ),
  );
}

/** Of one file: what is not said of its whole group. @param {Finding} finding @param {Group} group */
function findingLine(finding, group) {
  const { pid, comm, file, message, lift, advice, line } = finding;
  // who may see verdicts only is told no names
  const who = comm === '' ? `pid ${pid}` : [name(comm), ` ${pid}`];
  const at = file?.fd === undefined ? file?.via : `fd ${file.fd}`;
  return make(
    'li',
    {},
    file === undefined
      ? ['process ', who]
      : [
          [who, `, ${at}, ${file.kind}`],
          file.path !== '' && [' ', make('code', {}, name(new Escaped(shownPath(file))))],
        ],
    group.message === '' && message !== '' && [': ', name(message)],
    group.lift.length === 0 && lift.length > 0 && [', lifted by ', alternatives(lift)],
    group.advice === '' && advice !== '' && [', what would help: ', name(advice)],
    line !== '' && [make('br', {}), code(line)],
  );
}

/** @param {readonly string[]} lift */
const alternatives = (lift) => lift.flatMap((option, i) => [i === 0 ? '' : ' or ', code(`--${option}`)]);

/** @param {Report} report */
function placement({ options, runtime, parts }) {
  if (options.where.length === 0) {
    return (
      options.needed.length > 0 &&
      parts.length > 0 &&
      make('p', {}, 'Where to put what is needed: each part tells for itself.')
    );
  }
  return [
    make('h3', {}, 'Where to put what is needed'),
    make(
      'div',
      { class: 'scroll' },
      make(
        'table',
        { class: 'where' },
        make(
          'thead',
          {},
          make('tr', {}, make('th', { scope: 'col' }, 'Runtime'), make('th', { scope: 'col' }, 'Put')),
        ),
        make(
          'tbody',
          {},
          options.where.map(({ runtime: one, put }) =>
            make(
              'tr',
              {},
              make('th', { scope: 'row' }, one, one === runtime.name && ' (this one)'),
              make('td', {}, code(put)),
            ),
          ),
        ),
      ),
    ),
  ];
}
