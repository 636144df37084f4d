import { get, onTokenWanted, setToken } from './api.js';
import { createDetail } from './detail.js';
import { byId, clock, plural, replace } from './dom.js';
import { createList } from './list.js';
import { follow } from './live.js';
import { showKinds, showOverview, tellChanges } from './overview.js';
import { rowsOf } from './report.js';
import { parseTyped, toHash } from './target.js';

/** @typedef {import('./report.js').Report} Report */
/** @typedef {import('./report.js').Row} Row */

document.title = `checkpointable ${location.host}`;
const list = createList();
const detail = createDetail({ selected: list.select });

/** @type {readonly Row[] | undefined} */
let rows;
let observedAt = '';
/** @type {import('./live.js').LiveState} */
let live = { state: 'connecting', why: '', retryAt: 0 };
/** The node's clock less this one's. */
let skewMs = 0;

/** @param {Report} report */
function showReport(report) {
  const now = rowsOf(report);
  if (rows !== undefined) tellChanges(byId('changes'), rows, now, report.observedAt);
  rows = now;
  observedAt = report.observedAt;
  showOverview(byId('overview'), report, now);
  showKinds(byId('kinds'), report);
  list.show(now);
  detail.nodeChanged(now);
}

const stream = follow('v1/node/watch', {
  event(event, data) {
    if (event === 'report') showReport(/** @type {Report} */ (data));
    if (event === 'heartbeat') {
      observedAt = /** @type {{ observedAt: string }} */ (data).observedAt || observedAt;
    }
    showAge();
  },
  state(now) {
    const before = live;
    live = now;
    // what is read out: only when it is another
    if (before.state !== now.state || before.why !== now.why) showState();
    showAge();
  },
});

function showState() {
  const { state, why } = live;
  document.body.dataset.state = state;
  const words = {
    connecting: rows === undefined ? 'Connecting …' : 'Connecting again …',
    live: 'Live.',
    stale: rows === undefined ? `No report: ${why}.` : `Stale: ${why}. What is shown may have changed since.`,
  };
  replace(byId('state'), words[state]);
  byId('retry').hidden = state !== 'stale';
}

/** Every second, and so not read out. */
function showAge() {
  const left = live.retryAt === 0 ? 0 : Math.max(0, Math.ceil((live.retryAt - performance.now()) / 1000));
  const next = live.state === 'stale' && live.retryAt > 0 ? ` Next try in ${left} s.` : '';
  if (observedAt === '') return replace(byId('age'), next);
  const seconds = Math.max(0, Math.round((Date.now() + skewMs - Date.parse(observedAt)) / 1000));
  const age = seconds < 120 ? `${seconds} s` : plural(Math.round(seconds / 60), 'minute');
  replace(byId('age'), 'Observed at ', clock(observedAt), `, ${age} ago.`, next);
}
setInterval(showAge, 1000);

byId('retry').addEventListener('click', () => stream.now());

byId('overview').addEventListener('click', ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return;
  list.filter(target.dataset.type ?? '', target.dataset.verdict ?? '');
  goTo('list-heading');
});

// the address of the page says what is asked about, and so is not for this
byId('skip').addEventListener('click', (event) => {
  event.preventDefault();
  goTo('list-heading');
});

/** @param {string} id */
function goTo(id) {
  byId(id).focus();
  byId(id).scrollIntoView({ block: 'start' });
}

byId('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (byId('target'));
  const asked = parseTyped(field.value);
  field.setAttribute('aria-invalid', String(asked === undefined));
  replace(
    byId('ask-problem'),
    asked === undefined &&
      'Expected a pid, a container’s id (8 characters or more), namespace/name or the UID of a pod, or the /path of a cgroup.',
  );
  if (asked === undefined) return field.focus();
  const hash = toHash(asked);
  if (location.hash === hash) detail.start();
  else location.hash = hash;
});

onTokenWanted(() => {
  byId('token-form').hidden = false;
});
byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (byId('token'));
  setToken(field.value.trim());
  field.value = '';
  byId('token-form').hidden = true;
  stream.now();
  learnOptions().catch(() => {});
  detail.start();
});

/** What each option does, as the default policy tells; the page works without. */
async function learnOptions() {
  const reply = await get('v1/policies', 'application/json');
  const date = reply.headers.get('date');
  if (date !== null) skewMs = Date.parse(date) - Date.now();
  if (Math.abs(skewMs) < 2000) skewMs = 0;
  if (!reply.ok) return;
  const { policies } = await reply.json();
  for (const { isDefault, options } of policies) {
    if (isDefault)
      detail.setEffects(
        new Map(
          options.map((/** @type {{ name: string, effect: string }} */ { name, effect }) => [name, effect]),
        ),
      );
  }
}

learnOptions().catch(() => {});
detail.start();
replace(byId('about'), 'From the agent on this node. For machines: GET /openapi.json, /metrics.');
