import { escapeControl } from './escape.js';

/** Text that is escaped already, as the path of a file that is not UTF-8. */
export class Escaped {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/**
 * @typedef {string | number | Escaped | Node | null | undefined | false | readonly Child[]} Child
 * @typedef {Readonly<Record<string, string | number | boolean | undefined>>} Attributes
 */

/**
 * The only maker of elements. Text is text and never markup, and its control characters are shown as escapes.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : escapeControl(String(value)));
  }
  // said in so many words, since browsers forget what a table is where a style lays it out as blocks
  const role = tag === 'th' ? `${attributes.scope === 'row' ? 'row' : 'column'}header` : tableRoles[tag];
  if (role !== undefined) element.setAttribute('role', role);
  element.append(...nodes(children));
  return element;
}

/** @type {Readonly<Record<string, string>>} */
const tableRoles = { table: 'table', thead: 'rowgroup', tbody: 'rowgroup', tr: 'row', td: 'cell' };

/** @param {readonly Child[]} children @returns {Node[]} */
function nodes(children) {
  return children.flatMap((child) => {
    if (isList(child)) return nodes(child);
    if (child === null || child === undefined || child === false) return [];
    if (child instanceof Node) return [child];
    return [document.createTextNode(child instanceof Escaped ? child.text : escapeControl(String(child)))];
  });
}

/** @param {Child} child @returns {child is readonly Child[]} */
const isList = (child) => Array.isArray(child);

/**
 * A name that somebody else chose: its direction stays its own.
 * @param {string | Escaped} text
 */
export const name = (text) => make('bdi', { class: 'name' }, text);

/** @param {string} text */
export const code = (text) => make('code', {}, text);

const svg = 'http://www.w3.org/2000/svg';

/**
 * One of the shapes of index.html; what it means is said in words beside it.
 * @param {string} id
 */
export function shape(id) {
  const element = document.createElementNS(svg, 'svg');
  const use = document.createElementNS(svg, 'use');
  use.setAttribute('href', `#shape-${id}`);
  element.setAttribute('class', `shape ${id}`);
  element.setAttribute('aria-hidden', 'true');
  element.append(use);
  return element;
}

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no #${id}`);
  return element;
}

/**
 * Puts new content in, and the focus back where it was: elements are known again by `data-key`.
 * @param {Element} element
 * @param {...Child} children
 */
export function replace(element, ...children) {
  const focused = document.activeElement;
  const key = element.contains(focused) ? focused?.getAttribute('data-key') : undefined;
  const open = new Set([...element.querySelectorAll('details[open][data-key]')].map(keyOf));
  element.replaceChildren(...nodes(children));
  for (const details of element.querySelectorAll('details[data-key]')) {
    if (open.has(keyOf(details))) details.setAttribute('open', '');
  }
  if (key === undefined || key === null) return;
  for (const one of element.querySelectorAll('[data-key]')) {
    if (one instanceof HTMLElement && keyOf(one) === key) return one.focus({ preventScroll: true });
  }
}

/** @param {Element} element */
const keyOf = (element) => element.getAttribute('data-key');

/** @param {string} iso */
export function clock(iso) {
  const time = new Date(iso);
  const shown = Number.isNaN(time.getTime()) ? iso : time.toLocaleTimeString([], { hour12: false });
  return make('time', { datetime: iso, title: iso }, shown);
}

/** @param {number} number @param {string} one @param {string} [many] */
export const plural = (number, one, many = `${one}s`) =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
