import { answerNodes } from './answer.js';
import { get, problemOf } from './api.js';
import { byId, clock, make, name, replace } from './dom.js';
import { describe, verdictOf, verdictWords } from './report.js';
import { apiPath, askedWords, fromHash, isSame, toHash } from './target.js';

/** @typedef {import('./report.js').Report} Report */
/** @typedef {import('./report.js').Row} Row */
/** @typedef {import('./target.js').Asked} Asked */

/**
 * One target: asked about by itself, with the options that are ticked; the address of the page says which.
 * @param {{ selected: (hash: string) => void }} told
 */
export function createDetail({ selected }) {
  const section = byId('detail');
  const heading = byId('detail-heading');
  const state = byId('detail-state');
  const answer = byId('answer');
  /** @type {{ asked: Asked, options: readonly string[] } | undefined} */
  let current;
  /** @type {Report | undefined} */
  let report;
  /** @type {AbortController | undefined} */
  let asking;
  /** Of its row when it was last asked about. */
  let print = '';
  /** @type {readonly Row[]} */
  let rows = [];
  /** @type {ReadonlyMap<string, string>} */
  let effects = new Map();

  const rowOf = () => rows.find((row) => current !== undefined && isSame(row.asked, current.asked));

  /** @param {string} why */
  async function ask(why) {
    if (current === undefined) return;
    asking?.abort();
    const controller = new AbortController();
    asking = controller;
    const { asked, options } = current;
    print = rowOf()?.print ?? print;
    say(why);
    try {
      const reply = await get(apiPath(asked, options), 'application/json', controller.signal);
      if (!reply.ok) throw new Error(await problemOf(reply));
      const answered = /** @type {Report} */ (await reply.json());
      if (asking !== controller) return;
      report = answered;
      showReport(answered);
      say('Asked at ', clock(new Date().toISOString()), `: ${verdictWords[verdictOf(answered.verdict)]}.`);
    } catch (error) {
      if (asking !== controller) return;
      const old = report === undefined ? '' : ' What is shown is the last answer.';
      const words =
        error instanceof TypeError
          ? 'the agent cannot be reached.'
          : String(/** @type {Error} */ (error).message);
      say(make('strong', {}, 'No answer: '), name(words), old);
    }
  }

  /** @param {...import('./dom.js').Child} words */
  const say = (...words) => replace(state, ...words);

  /** @param {Report} answered */
  function showReport(answered) {
    if (current === undefined) return;
    const { name: called, about } = describe(answered.target);
    replace(heading, `${answered.target.type} `, name(called));
    const { asked, options } = current;
    replace(
      answer,
      make('p', { class: 'small' }, name(about)),
      answerNodes(answered, effects),
      make(
        'p',
        { class: 'small' },
        'The same from the API: ',
        make('a', { href: apiPath(asked, options, 'text'), 'data-key': 'text' }, 'text'),
        ', ',
        make('a', { href: apiPath(asked, options), 'data-key': 'json' }, 'JSON'),
        '.',
      ),
    );
  }

  /** @param {readonly string[]} options */
  function setOptions(options) {
    if (current === undefined) return;
    current = { ...current, options };
    history.replaceState(null, '', toHash(current.asked, options));
    void ask('Asking with other options …');
  }

  function follow() {
    const before = current;
    current = fromHash(location.hash);
    section.hidden = current === undefined;
    selected(current === undefined ? '' : toHash(current.asked));
    if (current === undefined) {
      asking?.abort();
      return;
    }
    if (before === undefined || !isSame(before.asked, current.asked)) {
      report = undefined;
      print = '';
      replace(heading, name(askedWords(current.asked)));
      replace(answer);
    }
    void ask('Asking …');
    heading.focus();
    section.scrollIntoView({ block: 'start' });
  }

  answer.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    const others = (current?.options ?? []).filter((option) => option !== target.value);
    setOptions(target.checked ? [...others, target.value] : others);
  });
  answer.addEventListener('click', ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    if (target.id === 'all-options') {
      setOptions([...new Set([...(current?.options ?? []), ...(report?.options.needed ?? [])])]);
    }
    if (target.id === 'no-options') setOptions([]);
  });
  byId('again').addEventListener('click', () => void ask('Asking again …'));
  byId('close').addEventListener('click', () => {
    const key = rowOf()?.key;
    location.hash = '';
    follow(); // hashchange comes later, and would draw the link anew that has the focus by then
    const link = [...document.querySelectorAll('#list a')].find(
      (one) => one.getAttribute('data-key') === key,
    );
    (link instanceof HTMLElement ? link : byId('target')).focus();
  });
  window.addEventListener('hashchange', follow);

  return {
    start: follow,
    /** @param {ReadonlyMap<string, string>} known */
    setEffects(known) {
      effects = known;
      if (report !== undefined) showReport(report);
    },
    /**
     * The node was looked at: what concerns this target is asked about anew.
     * @param {readonly Row[]} now
     */
    nodeChanged(now) {
      const was = rowOf();
      rows = now;
      const row = rowOf();
      if (current === undefined) return;
      if (row !== undefined && print === '') print = row.print;
      else if (row !== undefined && row.print !== print) void ask('It changed: asking again …');
      else if (row === undefined && was !== undefined) void ask('It is no longer there: asking again …');
    },
  };
}
