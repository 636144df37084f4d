import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Daemon, get, startDaemon } from '../e2e/support.ts';
import { noBrowser, openPage, startBrowser } from './browser.ts';
import { outlineOf, poorContrast } from './in-page.ts';
import { command, hiddenShown, markup, missing as noWorld, startWorld, type World } from './world.ts';

const missing = noBrowser ?? noWorld;
if (missing) console.log(`skipped: the page in a browser: ${missing}`);

/** The page shows what the last sweep of the node saw. */
const often = ['--sweep-interval-seconds', '2', '--sweep-cpu-percent', '50'];

let world: World;
let daemon: Daemon;
let browser: Browser;

beforeAll(async () => {
  if (missing !== undefined) return;
  world = await startWorld();
  daemon = await startDaemon({ flags: [...world.flags, ...often] });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await daemon?.stop();
  await world?.stop();
});

const open = (hash = '', options = {}) => openPage(browser, `${daemon.http}/${hash}`, options);
const rowOf = (page: Page, name: string): Locator =>
  page.locator('#list tbody tr', { has: page.getByRole('link', { name, exact: true }) });
/** Whether the page is still the one that was loaded. */
const mark = (page: Page) =>
  page.locator('html').evaluate((html) => html.setAttribute('data-mark', 'loaded'));
const isMarked = (page: Page) => page.locator('html[data-mark=loaded]').isVisible();

describe.skipIf(missing !== undefined)(`the page${missing ? ` (${missing})` : ''}`, () => {
  it('is for browsers: others get the list of what is served', async () => {
    const html = 'text/html,application/xhtml+xml,*/*;q=0.8';
    const page = await get(`${daemon.http}/`, { headers: { accept: html } });
    expect(page.type).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(page.headers.get('vary')).toMatch(/accept/);
    for (const accept of ['*/*', 'text/plain', 'text/html;q=0, text/plain']) {
      expect((await get(`${daemon.http}/`, { headers: { accept } })).type).toMatch(/^text\/plain/);
    }
    for (const path of ['/', '/page/main.js', '/page/style.css', '/page/icon.svg']) {
      const first = await get(daemon.http + path, { headers: { accept: html } });
      const etag = first.headers.get('etag') ?? '';
      expect([path, first.status, first.headers.get('x-content-type-options')]).toEqual([
        path,
        200,
        'nosniff',
      ]);
      const again = await get(daemon.http + path, {
        headers: { accept: html, 'if-none-match': `W/${etag}` },
      });
      expect([path, again.status, again.text]).toEqual([path, 304, '']);
    }
    for (const path of [
      '/page/',
      '/page/index.html',
      '/page/page.js',
      '/page/..%2fpage.js',
      '/page/tsconfig.json',
    ])
      expect([path, (await get(daemon.http + path)).status]).toEqual([path, 404]);
  });

  it('shows the node: counts, pods and containers with their verdicts, kinds', async () => {
    await using opened = await open();
    const { page } = opened;
    await rowOf(page, 'web').waitFor();
    expect(await rowOf(page, `shop/${world.pod.name}`).textContent()).toContain('Not ready');
    expect(await rowOf(page, 'device').textContent()).toContain('Not ready');
    expect(await rowOf(page, 'web').textContent()).toContain('Ready with options');
    expect(await rowOf(page, 'quiet').textContent()).toMatch(/Ready(?! with)/);
    expect(await page.locator('.kinds tbody tr', { hasText: 'regular' }).textContent()).toMatch(
      /lifted by an option/,
    );
    expect(await page.locator('.kinds tbody tr', { hasText: 'chardev' }).textContent()).toMatch(/refused/);
    // every count leads to its rows
    await page.getByRole('button', { name: /Containers: Not ready/ }).click();
    const verdicts = await page.locator('#list tbody .verdict').allTextContents();
    expect(new Set(verdicts.map((text) => text.trim()))).toEqual(new Set(['Not ready']));
    expect(new Set(await page.locator('#list td[data-title=Type]').allTextContents())).toEqual(
      new Set(['container']),
    );
  });

  it('a name never becomes markup, and what cannot be seen is shown', async () => {
    await using opened = await open(`#container=${world.ids.web}`);
    const { page } = opened;
    const groups = page.locator('#answer');
    await groups.getByText(markup).first().waitFor();
    const text = await groups.textContent();
    expect(text).toContain(`${markup} (deleted)`);
    expect(text).toContain(`${hiddenShown} (deleted)`);
    expect(text).toContain(command);
    expect(await page.locator('img, b, s').count()).toBe(0);
    const refused = await page.locator('body').evaluate((body) => {
      try {
        body.innerHTML = '<p>';
      } catch (error) {
        return (error as Error).name;
      }
      return 'taken';
    });
    expect(refused).toBe('TypeError');
    const about = opened.complaints.splice(0);
    expect(about.filter((one) => !/TrustedHTML/.test(one))).toEqual([]);
  });

  it('options that are ticked are asked about', async () => {
    await using opened = await open(`#container=${world.ids.web}`);
    const { page } = opened;
    const said = page.locator('.conclusion .verdict');
    await page.getByRole('checkbox', { name: '--file-locks' }).waitFor();
    expect((await said.textContent())?.trim()).toBe('Ready with options');
    expect(await page.locator('.where tr', { hasText: 'runc.conf' }).first().textContent()).toContain(
      'ghost-limit',
    );
    await page.getByRole('checkbox', { name: '--file-locks' }).check();
    await page.getByRole('heading', { name: 'Lifted by the options given' }).waitFor();
    expect(page.url()).toContain('option=file-locks');
    await page.getByRole('button', { name: /Tick all that would help/ }).click();
    await page.locator('.conclusion .verdict.ready').waitFor();
    expect(await page.locator('.conclusion').textContent()).toContain('--file-locks');
    await page.getByRole('button', { name: 'Tick none' }).click();
    await page.locator('.conclusion .verdict.ready-with-options').waitFor();
  });

  it('answers about a pid, a pod and an id, and says what is not there', async () => {
    await using opened = await open();
    const { page, complaints } = opened;
    const field = page.getByRole('textbox', { name: /A pid/ });
    const ask = async (text: string) => {
      await field.fill(text);
      await field.press('Enter');
    };
    await ask(String(world.outside));
    await page.locator('#answer').getByText(markup).first().waitFor();
    await ask(`shop/${world.pod.name}`);
    await page.getByRole('heading', { name: `pod shop/${world.pod.name}` }).waitFor();
    await page.locator('.parts').getByRole('link', { name: 'device' }).waitFor();
    await ask(`containerd://${world.ids.quiet}`);
    await page.locator('#answer').getByText('No option is needed.').waitFor();
    expect(complaints).toEqual([]);
    await ask('4000000');
    await page.locator('#detail-state').getByText('ProcessNotFound').waitFor();
    expect(complaints.splice(0).join()).toMatch(/404/);
    await ask('x y');
    await page.getByRole('alert').getByText('Expected a pid').waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    await using opened = await open();
    const { page } = opened;
    await rowOf(page, 'web').waitFor();
    const press = async (key: string, times = 1) => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
    };
    const focused = () => page.locator(':focus');
    const tabTo = async (wanted: string) => {
      for (let i = 0; i < 40; i++) {
        await press('Tab');
        const outline = await focused().evaluate(outlineOf);
        expect(outline).not.toBe('none');
        if (await focused().evaluate((element, selector) => element.matches(selector), wanted)) return;
      }
      throw new Error(`Tab does not lead to ${wanted}`);
    };
    await tabTo('.skip');
    await press('Enter');
    expect(await focused().getAttribute('id')).toBe('list-heading');
    await tabTo('#filter-text');
    await page.keyboard.type(`shop/${world.pod.name}`);
    await tabTo('[data-sort=files]');
    await press('Enter');
    expect(await page.locator('th[aria-sort]').textContent()).toMatch(/^Files/);
    expect(await focused().getAttribute('data-sort')).toBe('files');
    await tabTo(`a[href="#container=${world.ids.web}"]`);
    await press('Enter');
    await page.locator('#detail-heading:focus').waitFor();
    await page.getByRole('checkbox', { name: '--file-locks' }).waitFor();
    await tabTo('input[value=file-locks]');
    await press('Space');
    await page.getByRole('heading', { name: 'Lifted by the options given' }).waitFor();
    expect(await focused().getAttribute('value')).toBe('file-locks');
    await page.keyboard.down('Shift');
    await tabTo('#close');
    await page.keyboard.up('Shift');
    await press('Enter');
    expect(await page.locator('#detail').isVisible()).toBe(false);
    expect(await focused().textContent()).toBe('web');
  });

  it.each(['light', 'dark'] as const)('can be read, %s', async (colorScheme) => {
    await using opened = await open(`#container=${world.ids.web}`, { colorScheme });
    const { page } = opened;
    await page.locator('.groups').first().waitFor();
    await rowOf(page, 'device').waitFor();
    const poor = await page.locator('body').evaluate(poorContrast);
    expect(poor).toEqual([]);
  });

  it('fits a small screen', async () => {
    await using opened = await open(`#container=${world.ids.web}`, { viewport: { width: 360, height: 700 } });
    const { page } = opened;
    await page.locator('.groups').first().waitFor();
    await rowOf(page, 'device').waitFor();
    expect(await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth)).toBeLessThanOrEqual(360);
    const narrow = await page.locator('main *:not(.shape, .shape *, .chart *, input)').evaluateAll((all) =>
      all
        .filter((element) => {
          const { width, height } = element.getBoundingClientRect();
          return width > 0 && width < 60 && height > 150;
        })
        .map(({ outerHTML }) => outerHTML.slice(0, 100)),
    );
    expect(narrow).toEqual([]);
    // laid out as blocks it still is a table
    expect(
      await page
        .getByRole('row', { name: /^device/ })
        .getByRole('cell')
        .first()
        .textContent(),
    ).toBe('container');
  });

  it('a change is shown without a reload, in the list, the log and the answer', async () => {
    await using opened = await open(`#container=${world.ids.later}`);
    const { page } = opened;
    await rowOf(page, 'later').waitFor();
    await page.locator('.conclusion .verdict.ready').waitFor();
    expect(await rowOf(page, 'later').textContent()).not.toContain('with options');
    await mark(page);
    world.change();
    await rowOf(page, 'later').getByText('Ready with options').waitFor();
    expect(await page.getByRole('log').textContent()).toMatch(
      /container later was ready, now: +Ready with options/,
    );
    await page.locator('.conclusion .verdict.ready-with-options').waitFor();
    expect(await isMarked(page)).toBe(true);
  });

  it('asks for a token where the agent wants one, and sends it with every question', async () => {
    await using opened = await open();
    const { page, complaints } = opened;
    await page.route('**/v1/**', async (route) => {
      if (route.request().headers().authorization === 'Bearer let-me-in') return route.continue();
      const body = JSON.stringify({
        code: 'Unauthenticated',
        status: 401,
        detail: 'expected a bearer token',
      });
      return route.fulfill({ status: 401, contentType: 'application/problem+json', body });
    });
    await page.goto(`${daemon.http}/#container=${world.ids.quiet}`);
    await page.reload();
    await page
      .locator('#state')
      .getByText(/Unauthenticated: expected a bearer token/)
      .waitFor();
    await page.getByLabel(/bearer token/).fill('let-me-in');
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.locator('#state').getByText('Live.').waitFor();
    await page.locator('#answer').getByText('No option is needed.').waitFor();
    expect(await page.locator('#token-form').isVisible()).toBe(false);
    expect(complaints.splice(0).filter((one) => !/401/.test(one))).toEqual([]);
  });

  it('says that it is stale once the agent has gone, and is live again when it is back', async () => {
    const { flags } = world;
    const other = await startDaemon({ flags });
    await using opened = await openPage(browser, `${other.http}/`);
    const { page, complaints } = opened;
    await rowOf(page, 'web').waitFor();
    await mark(page);
    await other.stop();
    await page
      .locator('#state')
      .getByText(/^Stale: .*What is shown may have changed/)
      .waitFor();
    await page
      .locator('#age')
      .getByText(/Observed at .* ago\. Next try in \d+ s/)
      .waitFor();
    expect(await rowOf(page, 'web').isVisible()).toBe(true);
    const back = await startDaemon({ flags: [...flags, '--http', new URL(other.http).host] });
    try {
      await page.getByRole('button', { name: 'Try now' }).click();
      await page.locator('#state').getByText('Live.').waitFor();
      expect(await isMarked(page)).toBe(true);
    } finally {
      await page.goto('about:blank');
      await back.stop();
    }
    expect(complaints.splice(0).filter((one) => !/ERR_|about:blank/.test(one))).toEqual([]);
  });
});
