import { byId, make, name, replace } from './dom.js';
import { verdictMark } from './overview.js';
import { byVerdict, rowTypes, typeWords, verdicts, verdictWords } from './report.js';
import { toHash } from './target.js';

/** @typedef {import('./report.js').Row} Row */

const shownMost = 500;

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} title
 * @property {(a: Row, b: Row) => number} compare
 * @property {boolean} [number]
 */

/** @param {keyof Pick<Row, 'processes' | 'files' | 'blocked' | 'liftable'>} what */
const most = (what) => (/** @type {Row} */ a, /** @type {Row} */ b) => b[what] - a[what];
/** @param {Row} a @param {Row} b */
const byName = (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true });
/** @param {Row} a @param {Row} b */
const byType = (a, b) => order.indexOf(a.type) - order.indexOf(b.type);
const order = ['pod', 'container', 'service', 'process', 'sandbox'];

/** @type {readonly Column[]} */
const columns = [
  { id: 'name', title: 'Name', compare: byName },
  { id: 'type', title: 'Type', compare: byType },
  { id: 'verdict', title: 'Verdict', compare: byVerdict },
  { id: 'reason', title: 'Why', compare: (a, b) => a.reason.localeCompare(b.reason) },
  { id: 'blocked', title: 'In the way', compare: most('blocked'), number: true },
  { id: 'liftable', title: 'Lifted by options', compare: most('liftable'), number: true },
  { id: 'processes', title: 'Processes', compare: most('processes'), number: true },
  { id: 'files', title: 'Files', compare: most('files'), number: true },
];

/**
 * The list: sorted and filtered by whoever reads it.
 * @returns {{ show(rows: readonly Row[]): void, select(hash: string): void, filter(type: string, verdict: string): void }}
 */
export function createList() {
  const element = byId('list');
  const shown = byId('shown');
  const text = /** @type {HTMLInputElement} */ (byId('filter-text'));
  const verdict = /** @type {HTMLSelectElement} */ (byId('filter-verdict'));
  const type = /** @type {HTMLSelectElement} */ (byId('filter-type'));
  const sort = { id: 'verdict', reversed: false };
  let selected = '';
  /** @type {readonly Row[] | undefined} */
  let rows;
  let drawn = '';

  fill(verdict, [['', 'Any'], ...verdicts.map((one) => [one, verdictWords[one]])]);
  fill(type, [['', 'Any'], ...rowTypes.map((one) => [one, typeWords[one]])]);
  for (const one of [text, verdict, type]) one.addEventListener('input', draw);
  element.addEventListener('click', ({ target }) => {
    const id = target instanceof Element ? target.closest('button')?.getAttribute('data-sort') : undefined;
    if (id === null || id === undefined) return;
    sort.reversed = sort.id === id && !sort.reversed;
    sort.id = id;
    draw();
  });

  function draw() {
    if (rows === undefined) return;
    const words = text.value.trim().toLowerCase();
    const chosen = rows.filter(
      (row) =>
        (verdict.value === '' || row.verdict === verdict.value) &&
        (type.value === '' || row.type === type.value) &&
        `${row.name}\n${row.about}\n${row.reason}\n${row.message}\n${row.key}`.toLowerCase().includes(words),
    );
    const column = columns.find(({ id }) => id === sort.id);
    const sorted = [...chosen].sort(
      (a, b) =>
        (column?.compare(a, b) ?? 0) * (sort.reversed ? -1 : 1) ||
        byVerdict(a, b) ||
        byType(a, b) ||
        byName(a, b),
    );
    const print = JSON.stringify([sort, selected, sorted.map(({ print: _, ...row }) => row)]);
    if (print === drawn) return;
    drawn = print;
    const cut = sorted.length > shownMost ? `; the first ${shownMost} are shown, filter to see others` : '';
    const says = `${sorted.length.toLocaleString('en')} of ${rows.length.toLocaleString('en')}${cut}`;
    // said again only when it is another
    if (shown.textContent !== says) shown.textContent = says;
    replace(
      element,
      make(
        'table',
        { class: 'list' },
        make('caption', {}, 'Choose a name to see what is in its way.'),
        make('thead', {}, make('tr', {}, columns.map(head))),
        make('tbody', {}, sorted.slice(0, shownMost).map(line)),
      ),
      sorted.length === 0 &&
        make('p', {}, rows.length === 0 ? 'Nothing runs on this node.' : 'Nothing matches the filter.'),
    );
  }

  /** @param {Column} column */
  function head({ id, title, number }) {
    const is = sort.id === id;
    const direction = (number ?? false) === sort.reversed ? 'ascending' : 'descending';
    return make(
      'th',
      { scope: 'col', class: number && 'number', 'aria-sort': is && direction },
      make('button', { type: 'button', 'data-sort': id, 'data-key': `sort ${id}` }, title),
      is && make('span', { class: 'arrow', 'aria-hidden': 'true' }, direction === 'ascending' ? ' ↑' : ' ↓'),
    );
  }

  /** @param {Row} row */
  function line(row) {
    const hash = toHash(row.asked);
    const link = { href: hash, 'data-key': row.key, 'aria-current': hash === selected && 'true' };
    return make(
      'tr',
      {},
      make(
        'th',
        { scope: 'row' },
        make('a', link, name(row.name)),
        row.about !== '' && make('span', { class: 'about' }, name(row.about)),
      ),
      make('td', { 'data-title': 'Type' }, row.type),
      make('td', { 'data-title': 'Verdict' }, verdictMark(row.verdict)),
      make(
        'td',
        { class: 'why', 'data-title': 'Why' },
        row.verdict !== 'ready' && [make('strong', {}, row.reason), ' ', name(row.message)],
      ),
      /** @type {const} */ ([
        ['In the way', row.blocked],
        ['Lifted by options', row.liftable],
        ['Processes', row.processes],
        ['Files', row.files],
      ]).map(([title, number]) =>
        make('td', { class: 'number', 'data-title': title }, number.toLocaleString('en')),
      ),
    );
  }

  return {
    show(now) {
      rows = now;
      draw();
    },
    select(hash) {
      selected = hash;
      draw();
    },
    filter(wantedType, wantedVerdict) {
      type.value = wantedType;
      verdict.value = wantedVerdict;
      text.value = '';
      draw();
    },
  };
}

/** @param {HTMLSelectElement} select @param {readonly (readonly string[])[]} options */
function fill(select, options) {
  select.replaceChildren(...options.map(([value = '', words = '']) => make('option', { value }, words)));
}
