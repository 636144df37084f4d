import { clock, code, make, name, plural, replace, shape } from './dom.js';
import {
  badOutcomes,
  changesBetween,
  countRows,
  kindsOf,
  totalOf,
  typeWords,
  verdictOf,
  verdicts,
  verdictWords,
} from './report.js';

/** @typedef {import('./report.js').Report} Report */
/** @typedef {import('./report.js').Row} Row */

/**
 * A verdict as a shape and in words.
 * @param {string} said
 */
export function verdictMark(said) {
  const verdict = verdictOf(said);
  return make('span', { class: `verdict ${verdict}` }, shape(verdict), ' ', verdictWords[verdict]);
}

/**
 * The node at a glance.
 * @param {Element} element @param {Report} report @param {readonly Row[]} rows
 */
export function showOverview(element, report, rows) {
  const { counts, notes, policy, kernel } = report;
  const said = [
    [counts.refused, 'refused'],
    [counts.unknown, 'cannot be told'],
    [counts.needsOption, 'lifted by an option'],
    [counts.allowed, 'allowed'],
  ].map(([number, words]) => `${Number(number).toLocaleString('en')} ${words}`);
  replace(
    element,
    make(
      'div',
      { class: 'scroll' },
      make(
        'table',
        { class: 'counts' },
        make('caption', {}, 'How many of each have which verdict; a number shows them in the list.'),
        make(
          'thead',
          {},
          make(
            'tr',
            {},
            make('td', {}),
            verdicts.map((verdict) => make('th', { scope: 'col' }, verdictMark(verdict))),
          ),
        ),
        make(
          'tbody',
          {},
          countRows(rows).map(({ type, counts }) =>
            make(
              'tr',
              {},
              make('th', { scope: 'row' }, typeWords[type]),
              counts.map((count, i) => {
                const verdict = verdicts[i] ?? 'unknown';
                const label = `${count} ${typeWords[type]}: ${verdictWords[verdict]}. Show in the list`;
                const key = `count ${type} ${verdict}`;
                const data = { 'data-type': type, 'data-verdict': verdict, 'data-key': key };
                return make(
                  'td',
                  {},
                  count === 0
                    ? make('span', { class: 'zero' }, '0')
                    : make('button', { type: 'button', 'aria-label': label, ...data }, count),
                );
              }),
            ),
          ),
        ),
      ),
    ),
    make(
      'p',
      {},
      `${plural(counts.processes, 'process', 'processes')}, ${plural(counts.files, 'file')}: ${said.join(', ')}.`,
    ),
    make(
      'p',
      { class: 'small' },
      `Policy ${policy.name}, ${policy.engine} ${policy.engineVersion} (${policy.versionSource}), kernel ${kernel}.`,
    ),
    notes.map((note) => make('p', { class: 'small' }, 'Note: ', name(note))),
  );
}

/**
 * Kinds that stand in the way: bars, and the same in words.
 * @param {Element} element @param {Report} report
 */
export function showKinds(element, report) {
  const kinds = kindsOf(report);
  if (kinds.length === 0) return replace(element, make('p', {}, 'No file stands in the way.'));
  const most = Math.max(...kinds.map(totalOf));
  replace(
    element,
    make(
      'p',
      { class: 'legend', 'aria-hidden': 'true' },
      badOutcomes.map(({ outcome, words }) =>
        make('span', {}, make('span', { class: `key ${outcome}` }), ` ${words}`),
      ),
    ),
    make(
      'div',
      { class: 'scroll' },
      make(
        'table',
        { class: 'kinds' },
        make(
          'caption',
          {},
          'Files that are not allowed as things are, and processes themselves (kind process), by the reason said first.',
        ),
        make(
          'thead',
          {},
          make(
            'tr',
            {},
            ['Kind', 'Files', 'Outcome', 'Reasons'].map((title) =>
              make('th', { scope: 'col', class: title === 'Files' && 'number' }, title),
            ),
          ),
        ),
        make(
          'tbody',
          {},
          kinds.map((kind) => {
            const parts = badOutcomes.filter(({ of }) => kind[of] > 0);
            const bar = make('span', { class: 'chart', 'aria-hidden': 'true' });
            for (const { outcome, of } of parts) {
              const piece = make('span', { class: outcome });
              // not an attribute, which the Content-Security-Policy forbids
              piece.style.inlineSize = `${(kind[of] / most) * 100}%`;
              bar.append(piece);
            }
            return make(
              'tr',
              {},
              make('th', { scope: 'row' }, code(kind.kind)),
              make('td', { class: 'number' }, totalOf(kind).toLocaleString('en')),
              make(
                'td',
                {},
                bar,
                make(
                  'span',
                  { class: 'words' },
                  parts.map(({ of, words }) => `${kind[of].toLocaleString('en')} ${words}`).join(', '),
                ),
              ),
              make(
                'td',
                { class: 'reasons' },
                kind.reasons.map(({ reason, files }) => `${reason} ${files.toLocaleString('en')}`).join(', '),
              ),
            );
          }),
        ),
      ),
    ),
  );
}

const keptChanges = 30;
const toldAtOnce = 10;

/**
 * Adds what is another than before to the log, newest first.
 * @param {Element} log @param {readonly Row[]} before @param {readonly Row[]} now @param {string} observedAt
 */
export function tellChanges(log, before, now, observedAt) {
  const changes = changesBetween(before, now).filter(({ row }) => row.type !== 'sandbox');
  if (changes.length === 0) return;
  log.querySelector('.none')?.remove();
  const lines = changes.slice(0, toldAtOnce).map(({ row, before: was, gone }) => {
    const what = gone
      ? ['is gone (it was ', verdictWords[row.verdict].toLowerCase(), ')']
      : [
          was === undefined ? 'is new: ' : `was ${verdictWords[was.verdict].toLowerCase()}, now: `,
          verdictMark(row.verdict),
          row.verdict === 'ready' ? '' : ` (${row.reason})`,
        ];
    return make('p', {}, clock(observedAt), ` ${row.type} `, name(row.name), ' ', what);
  });
  const more = changes.length - lines.length;
  if (more > 0) lines.push(make('p', {}, clock(observedAt), ` and ${more} more`));
  log.prepend(...lines);
  for (const old of [...log.children].slice(keptChanges)) old.remove();
}
