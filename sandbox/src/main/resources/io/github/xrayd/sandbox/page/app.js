// The page: header, views by the address's hash, keys, theme and the stream of changes.

import {announce, byId, h, request, s, toast} from './dom.js';
import {DaemonView} from './daemon.js';
import {count, megabytes} from './format.js';
import {FaultsView} from './faults.js';
import {MapView} from './map.js';
import {SamplingView} from './sampling.js';
import {TraceView} from './trace.js';
import {TracesView} from './traces.js';

const VIEWS = [
  ['traces', 'Traces', 't'],
  ['map', 'Service map', 'm'],
  ['sampling', 'Sampling', 's'],
  ['faults', 'Faults', 'f'],
  ['daemon', 'Daemon', 'a'],
];

const KEYS = [
  ['Everywhere', [['t', 'Traces'], ['m', 'Service map of the traces shown'], ['s', 'Sampling rules'], ['f', 'Faults'], ['a', 'Daemon'],
    ['/', 'Search'], ['p', 'Pause or resume live updates'], ['d', 'Light or dark'], ['?', 'This help'], ['Esc', 'Close, or back']]],
  ['List', [['j k', 'Next and previous trace (also ↓ ↑)'], ['Enter', 'Open the trace'], ['e', 'Next trace with an error'],
    ['g G', 'First and last']]],
  ['Trace', [['j k', 'Next and previous row'], ['e E', 'Next and previous error'], ['← →', 'Collapse and expand'],
    ['x', 'Collapse or expand all'], ['c', 'Copy the trace as JSON'], ['n N', 'Next and previous match of the search']]],
];

export class App {
  constructor() {
    this.view = undefined;
    this.isPaused = false;
    this.sequence = 0;
    this.lastTraces = 'traces';
    this.list = new TracesView(this);
  }

  start() {
    this.applyTheme(this.storedTheme());
    this.drawHeader();
    this.drawHelp();
    byId('skip').addEventListener('click', event => {
      event.preventDefault();
      byId('main').focus();
    });
    window.addEventListener('hashchange', () => this.route());
    document.addEventListener('keydown', event => {
      document.documentElement.dataset.keys = '';
      this.onKey(event);
    });
    document.addEventListener('pointerdown', () => { delete document.documentElement.dataset.keys; });
    document.addEventListener('visibilitychange', () => this.listen());
    this.route();
    this.listen();
  }

  /** The address after the #: a path and its parameters. */
  address() {
    const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
    return {parts: path.split('/').map(part => decodeURIComponent(part)), query: new URLSearchParams(query || '')};
  }

  /** Goes to a path with parameters; `isReplaced` makes no entry in the browser's history. */
  go(path, parameters = {}, isReplaced = false) {
    const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value)).toString();
    const hash = `#/${path}${query ? `?${query}` : ''}`;
    if (isReplaced) {
      history.replaceState(null, '', hash);
    } else if (location.hash !== hash) {
      location.hash = hash;
    }
  }

  route() {
    const {parts, query} = this.address();
    const name = parts[0] === 'trace' || VIEWS.some(view => view[0] === parts[0]) ? parts[0] : 'traces';
    const isNew = this.view?.name !== name || (name === 'trace' && this.view.id !== parts[1]);
    if (isNew) {
      this.view?.close?.();
      this.view = name === 'traces' ? this.list
        : name === 'trace' ? new TraceView(this, parts[1] || '')
        : name === 'map' ? new MapView(this)
        : name === 'sampling' ? new SamplingView(this)
        : name === 'daemon' ? new DaemonView(this) : new FaultsView(this);
      byId('main').replaceChildren(this.view.element);
      byId('main').dataset.view = name;
    }
    for (const link of document.querySelectorAll('nav a')) {
      const isHere = link.dataset.view === name || (name === 'trace' && link.dataset.view === 'traces');
      link.toggleAttribute('aria-current', isHere);
      if (isHere) {
        link.setAttribute('aria-current', 'page');
        link.scrollIntoView({block: 'nearest', inline: 'nearest'});
      }
    }
    this.view.show(query);
    if (isNew) {
      this.view.focusRows?.();
    }
    const title = VIEWS.find(view => view[0] === name)?.[1] || `Trace ${parts[1]}`;
    document.title = `${title} – X-Ray sandbox`;
  }

  /** Listens while the page is visible: a browser allows six connections to a host, and hidden tabs would hold them. */
  listen() {
    if (document.hidden || this.isPaused) {
      this.source?.close();
      this.source = undefined;
    } else if (!this.source) {
      this.source = new EventSource('/page/api/events');
      this.source.addEventListener('traces', event => {
        this.sequence = Number(event.data);
        this.setLive('live');
        this.changed();
      });
      this.source.onerror = () => this.setLive('lost');
    }
    this.setLive(this.isPaused ? 'paused' : this.liveState === 'lost' ? 'lost' : 'live');
  }

  changed() {
    this.list.onChange();
    if (this.view !== this.list) {
      this.view?.onChange?.();
    }
  }

  setLive(state) {
    this.liveState = state;
    const button = byId('live');
    if (button) {
      button.dataset.state = state;
      button.lastChild.textContent = {live: 'Live', paused: 'Paused', lost: 'No connection'}[state];
      button.setAttribute('aria-pressed', String(state === 'paused'));
    }
  }

  setKept(answer) {
    byId('kept').textContent = `${count(answer.kept)} traces · ${megabytes(answer.keptBytes)}`;
    byId('kept').title = `${count(answer.kept)} traces are kept in ${megabytes(answer.keptBytes)}; ${
      count(answer.evicted)} older ones were dropped`;
  }

  togglePause() {
    this.isPaused = !this.isPaused;
    this.liveState = '';
    this.listen();
    announce(this.isPaused ? 'Live updates paused' : 'Live updates on');
  }

  drawHeader() {
    byId('header').replaceChildren(
      h('a', {class: 'brand', href: '#/traces'},
        s('svg', {viewBox: '0 0 32 32', width: 24, height: 24, 'aria-hidden': 'true'},
          s('rect', {width: 32, height: 32, rx: 8, class: 'brand-box'}),
          s('rect', {x: 6, y: 8, width: 20, height: 4, rx: 2, fill: '#fff'}),
          s('rect', {x: 10, y: 14, width: 11, height: 4, rx: 2, fill: '#fff', opacity: 0.8}),
          s('rect', {x: 14, y: 20, width: 9, height: 4, rx: 2, fill: '#fca5a5'})),
        h('span', {}, 'X-Ray sandbox')),
      h('nav', {'aria-label': 'Views'}, VIEWS.map(([name, title, key]) =>
        h('a', {href: `#/${name}`, 'data-view': name, title: `${title} (${key})`, on: {click: event => {
          event.preventDefault();
          this.open(name);
        }}}, title))),
      h('div', {class: 'header-end'},
        h('span', {id: 'kept', class: 'muted kept'}),
        h('button', {id: 'live', class: 'live', 'data-state': 'live', title: 'Pause or resume live updates (p)',
          on: {click: () => this.togglePause()}}, h('span', {class: 'dot'}), h('span', {}, 'Live')),
        h('button', {class: 'icon', 'aria-label': 'Light or dark', title: 'Light or dark (d)',
          on: {click: () => this.toggleTheme()}}, '◐'),
        h('button', {class: 'icon', 'aria-label': 'Keyboard help', title: 'Keys (?)',
          on: {click: () => byId('help').showModal()}}, '?')));
  }

  drawHelp() {
    byId('help').replaceChildren(
      h('h2', {id: 'help-title'}, 'Keys'),
      h('div', {class: 'help-columns'}, KEYS.map(([title, keys]) => h('section', {}, h('h3', {}, title),
        h('dl', {}, keys.map(([key, what]) => [
          h('dt', {}, key.split(' ').map(each => h('kbd', {}, each))), h('dd', {}, what)]))))),
      h('form', {method: 'dialog'}, h('button', {class: 'primary'}, 'Close')));
  }

  /** Opens a view; list and map share filter and range. */
  open(name) {
    if (name === 'traces' || name === 'map') {
      this.go(name, this.list.parameters());
    } else {
      this.go(name);
    }
  }

  onKey(event) {
    const isTyping = event.target.closest?.('input, textarea, select');
    const isModified = event.ctrlKey || event.metaKey || event.altKey;
    if (byId('help').open || isModified) {
      return;
    }
    if (isTyping) {
      if (event.key === 'Escape') {
        event.target.blur();
        this.view.focusRows?.();
        event.preventDefault();
      }
      return;
    }
    if (this.view.onKey?.(event)) {
      event.preventDefault();
      return;
    }
    const view = VIEWS.find(each => each[2] === event.key);
    if (view) {
      this.open(view[0]);
    } else if (event.key === '?') {
      byId('help').showModal();
    } else if (event.key === 'p') {
      this.togglePause();
    } else if (event.key === 'd') {
      this.toggleTheme();
    } else if (event.key === '/') {
      this.open('traces');
      this.route();
      this.list.search.focus();
    } else if (event.key === 'Escape' && this.view !== this.list) {
      this.open('traces');
    } else {
      return;
    }
    event.preventDefault();
  }

  storedTheme() {
    try {
      return localStorage.getItem('theme') || '';
    } catch {
      return '';
    }
  }

  applyTheme(theme) {
    if (theme) {
      document.documentElement.dataset.theme = theme;
    }
  }

  toggleTheme() {
    const isDark = (document.documentElement.dataset.theme
      || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
    this.applyTheme(isDark ? 'light' : 'dark');
    try {
      localStorage.setItem('theme', isDark ? 'light' : 'dark');
    } catch {
      toast('The browser does not keep this choice');
    }
  }

  async clear() {
    await request('/sandbox/v1/traces', 'DELETE');
    await this.list.load();
    toast('All traces removed');
  }
}

new App().start();
