// The list of traces: filter expression, facets, histogram, sorting, live updates.

import {announce, h, placeholder, request, toast} from './dom.js';
import {annotation, bound, has, quote, replace, toggle} from './expression.js';
import {clock, colour, count, dateTime, duration, path, plural, scaled} from './format.js';
import {Histogram} from './histogram.js';
import {RANGES, checkRange, isRange} from './range.js';
import {Rows} from './rows.js';

const COLUMNS = [['start', 'Start'], ['name', 'Request'], ['services', 'Services'], ['status', 'Status'], ['response', 'Response time']];
const FACET_VALUES_MAX = 8;
const ANNOTATION_KEYS_MAX = 6;
const ROWS_MAX = 5000;

export function stateOf(row) {
  return row.fault ? 'fault' : row.throttle ? 'throttle' : row.error ? 'error' : row.partial ? 'progress' : 'ok';
}

export const STATE_NAMES = {ok: 'OK', error: 'Error', fault: 'Fault', throttle: 'Throttle', progress: 'In progress'};

export class TracesView {
  constructor(app) {
    this.app = app;
    this.name = 'traces';
    this.byId = new Map();
    this.rows = [];
    this.filter = '';
    this.range = '';
    this.sort = '-start';
    this.sequence = 0;
    this.isLoaded = false;
    this.search = h('input', {type: 'search', id: 'search', class: 'search', spellcheck: 'false', autocomplete: 'off',
      'aria-label': 'X-Ray filter expression', 'aria-describedby': 'search-error', 'aria-keyshortcuts': '/',
      placeholder: 'Filter: service("orders") AND responsetime > 0.5, annotation.tier = "gold", or a trace ID',
      on: {change: () => this.submit(), keydown: event => {
        if (event.key === 'Enter') {
          this.submit();
          this.focusRows();
        }
      }}});
    this.error = h('div', {id: 'search-error', class: 'search-error', role: 'alert', hidden: true});
    this.rangeSelect = h('select', {'aria-label': 'Time range', id: 'range', on: {change: event => {
      this.app.go('traces', {...this.parameters(), range: event.target.value});
    }}}, RANGES.map(([value, title]) => h('option', {value}, title)));
    this.file = h('input', {type: 'file', accept: '.json,application/json', hidden: true, id: 'import', 'aria-label': 'File with traces',
      on: {change: () => this.importFile()}});
    this.histogram = new Histogram((from, to) => this.setResponse(from, to));
    this.summary = h('p', {class: 'muted summary'});
    this.refused = h('details', {class: 'refused', hidden: true, on: {toggle: () => this.loadRefused()}});
    this.refusedTotal = 0;
    this.daemonPort = 2000;
    this.facets = h('div', {class: 'facets', id: 'facets'});
    this.head = h('div', {class: 'row head', role: 'row'});
    this.list = new Rows({role: 'grid', label: 'Traces', idPrefix: 'trace-', className: 'traces',
      rowHeight: () => scaled(matchMedia('(max-width: 760px)').matches ? 58 : 36),
      fill: (element, index) => this.fill(element, this.rows[index]),
      onSelect: index => { this.selectedId = this.rows[index]?.id; },
      onOpen: index => this.openTrace(index)});
    this.list.host.prepend(this.head);
    this.empty = h('div', {}, placeholder('Loading traces'));
    const facetBox = h('details', {class: 'facet-box'}, h('summary', {}, 'Filters'), this.facets);
    const narrow = matchMedia('(max-width: 1024px)');
    facetBox.open = !narrow.matches;
    narrow.addEventListener('change', () => { facetBox.open = !narrow.matches; });
    this.element = h('div', {class: 'traces-view'},
      h('h1', {class: 'visually-hidden'}, 'Traces'),
      h('aside', {'aria-label': 'Filters'}, facetBox),
      h('section', {class: 'results', 'aria-label': 'Results'},
        h('div', {class: 'search-bar', role: 'search'}, this.search, this.rangeSelect,
          h('button', {title: 'Add the traces of a file: one that the page saved, or the output of aws xray batch-get-traces',
            on: {click: () => this.file.click()}}, 'Import'), this.file,
          h('button', {title: 'Remove all traces from the sandbox', on: {click: () => this.removeAll()}}, 'Clear')),
        this.error,
        this.refused,
        this.histogram.element,
        this.summary,
        this.list.host,
        this.empty));
    this.drawHead();
    this.showResults(false);
  }

  async removeAll() {
    try {
      await this.app.clear();
    } catch (e) {
      toast(e.message);
    }
  }

  async importFile() {
    const file = this.file.files[0];
    try {
      const response = await fetch('/sandbox/v1/traces', {method: 'POST', body: file});
      const answer = await response.json();
      if (!response.ok) {
        throw new Error(answer.message);
      }
      toast(`${plural(answer.traceIds.length, 'trace')} imported`);
      if (answer.traceIds.length === 1) {
        this.app.go(`trace/${answer.traceIds[0]}`);
      }
    } catch (e) {
      toast(`${file.name}: ${e.message}`);
    } finally {
      this.file.value = '';
    }
  }

  parameters() {
    return {filter: this.filter, range: this.range, sort: this.sort === '-start' ? '' : this.sort};
  }

  show(query) {
    const filter = query.get('filter') || '';
    this.range = query.get('range') || '';
    this.sort = query.get('sort') || '-start';
    this.rangeSelect.value = this.range;
    // What is being typed is kept: the address changes a moment after the view.
    if (filter !== this.filter || document.activeElement !== this.search) {
      this.search.value = filter;
    }
    if (filter !== this.filter || !this.isLoaded || !this.error.hidden || !isRange(this.range)) {
      this.filter = filter;
      this.load();
    } else {
      this.update();
    }
    this.drawHead();
  }

  focusRows() {
    this.list.host.focus({preventScroll: true});
  }

  submit() {
    const text = this.search.value.trim();
    const id = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i.exec(text);
    if (id) {
      this.app.go(`trace/${text}`);
    } else if (text !== this.filter) {
      this.setFilter(text);
    }
  }

  setFilter(filter) {
    this.app.go('traces', {...this.parameters(), filter});
  }

  setResponse(from, to) {
    const digits = value => Number(value.toPrecision(2));
    this.setFilter(replace(this.filter, 'responsetime',
      [from && `responsetime >= ${digits(from)}`, to && `responsetime <= ${digits(to)}`].filter(Boolean)));
  }

  /** Learns the daemon's port, which an application is to send to, once. */
  async findDaemon() {
    this.findDaemon = () => {};
    const {address} = await request('/page/api/daemon').catch(() => ({}));
    if (address) {
      this.daemonPort = new URL(address).port;
      this.drawEmpty();
    }
  }

  /** Reads everything anew. */
  async load() {
    const filter = this.filter;
    this.isLoaded = true;
    this.isBusy = true;
    try {
      checkRange(this.range);
      const answer = await request(`/page/api/traces?filter=${encodeURIComponent(filter)}`);
      if (filter !== this.filter) {
        return;
      }
      this.byId = new Map(answer.traces.map(row => [row.id, row]));
      this.take(answer);
      this.showError(undefined);
      this.update();
      announce(`${plural(this.rows.length, 'trace')} found`);
    } catch (e) {
      if (filter === this.filter) {
        this.showError(e);
      }
    } finally {
      this.isBusy = false;
      this.catchUp();
    }
  }

  take(answer) {
    this.sequence = answer.sequence;
    this.isCut = this.isCut || !answer.isComplete;
    for (const row of this.byId.values()) {
      if (row.created < answer.oldest) {
        this.byId.delete(row.id);
      }
    }
    if (this.byId.size > ROWS_MAX) {
      const oldest = [...this.byId.values()].sort((a, b) => a.created - b.created);
      oldest.slice(0, this.byId.size - ROWS_MAX).forEach(row => this.byId.delete(row.id));
    }
    this.app.setKept(answer);
    this.drawRefused(answer.refused);
  }

  /** Says how many documents came back unprocessed; opened, it says which and why. */
  drawRefused(total) {
    if (total === this.refusedTotal) {
      return;
    }
    this.refusedTotal = total;
    this.refused.hidden = total === 0;
    this.refused.replaceChildren(h('summary', {}, `${plural(total, 'document')} came back unprocessed, and ${
      total === 1 ? 'stands' : 'stand'} in no trace`));
    this.loadRefused();
  }

  async loadRefused() {
    if (!this.refused.open) {
      return;
    }
    try {
      const {documents} = await request('/sandbox/v1/refused');
      const table = h('div', {class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Documents that came back unprocessed'}, h('table', {},
        h('thead', {}, h('tr', {}, ['Time', 'Code', 'Reason', 'Document'].map(title => h('th', {scope: 'col'}, title)))),
        h('tbody', {}, documents.map(each => h('tr', {}, h('td', {class: 'nowrap'}, clock(each.time)), h('th', {scope: 'row'}, each.errorCode),
          h('td', {}, each.message), h('td', {}, h('code', {}, each.document)))))));
      this.refused.replaceChildren(this.refused.firstChild, table);
    } catch {
      this.app.setLive('lost');
    }
  }

  onChange() {
    this.hasChanged = true;
    this.catchUp();
  }

  /** Reads what changed since the last answer, one request at a time. */
  async catchUp() {
    if (this.isBusy || !this.hasChanged || !this.isLoaded || !this.error.hidden) {
      return;
    }
    this.hasChanged = false;
    this.isBusy = true;
    const filter = this.filter;
    try {
      const answer = await request(`/page/api/traces?since=${this.sequence}&filter=${encodeURIComponent(filter)}`);
      if (filter === this.filter) {
        answer.traces.forEach(row => this.byId.set(row.id, row));
        answer.others.forEach(id => this.byId.delete(id));
        this.take(answer);
        if (this.app.view === this) {
          this.update();
        }
      }
    } catch (e) {
      this.app.setLive('lost');
    } finally {
      this.isBusy = false;
      this.catchUp();
    }
  }

  /** Shows what is wrong with the expression, at the place where it is wrong. */
  showError(error) {
    this.error.hidden = !error;
    this.search.setAttribute('aria-invalid', String(Boolean(error)));
    if (error) {
      if (this.rows.length === 0) {
        this.empty.replaceChildren(placeholder('No trace is shown', this.removeFilters()));
      }
      const at = error.position ?? -1;
      const text = this.filter;
      this.error.replaceChildren(h('div', {}, error.message));
      if ([this.list.host, document.body].includes(document.activeElement)) {
        this.search.focus();
      }
      if (at >= 0) {
        const rest = /^(?:"[^"]*"?|[\w.+-]+|.)?/su.exec(text.slice(at))[0];
        this.error.append(h('code', {}, text.slice(0, at), h('mark', {}, rest || ' '), text.slice(at + rest.length)));
      }
    }
  }

  /** Hides what would be an empty frame. */
  showResults(isShown) {
    this.histogram.element.hidden = this.summary.hidden = this.list.host.hidden = !isShown;
  }

  update() {
    const newest = Date.now() / 1000;
    const inRange = [...this.byId.values()].filter(row => !this.range || row.start >= newest - Number(this.range));
    const key = this.sort.replace(/^-/, '');
    const sign = this.sort.startsWith('-') ? -1 : 1;
    const value = row => (key === 'name' ? `${row.name} ${path(row.url)}` : key === 'services' ? row.services.length : row[key]);
    inRange.sort((a, b) => {
      const x = value(a);
      const y = value(b);
      return (x < y ? -sign : x > y ? sign : 0) || b.created - a.created;
    });
    const top = this.list.host.scrollTop;
    this.rows = inRange;
    this.list.selected = this.selectedId === undefined ? -1 : inRange.findIndex(row => row.id === this.selectedId);
    this.longest = Math.max(0.001, ...inRange.map(row => row.response));
    this.showResults(inRange.length > 0);
    this.list.setCount(inRange.length);
    this.list.host.scrollTop = top;
    this.histogram.set(inRange.map(row => ({seconds: row.response, fault: row.fault, error: row.error || row.throttle})));
    const problems = inRange.filter(row => row.fault || row.error || row.throttle).length;
    this.summary.textContent = `${plural(inRange.length, 'trace')}${problems ? `, ${count(problems)} with errors` : ''}${
      this.isCut ? ' (the newest 5,000)' : ''}`;
    this.drawEmpty();
    this.drawFacets(inRange);
  }

  drawEmpty() {
    this.empty.hidden = this.rows.length > 0;
    if (this.rows.length === 0) {
      this.findDaemon();
      const isFiltered = this.filter || this.range;
      this.empty.replaceChildren(isFiltered
        ? placeholder('No trace matches', this.removeFilters())
        : placeholder('Waiting for traces',
          h('p', {}, 'X-Ray SDKs send to the daemon, OpenTelemetry’s exporters to this address:'),
          h('pre', {}, `AWS_XRAY_DAEMON_ADDRESS=${location.hostname}:${this.daemonPort}\nOTEL_EXPORTER_OTLP_TRACES_ENDPOINT=${location.origin}/v1/traces`),
          h('p', {}, 'No application at hand? Start the sandbox with ', h('code', {}, '--demo'), ', or import a file of traces.')));
    }
  }

  removeFilters() {
    return h('p', {}, h('button', {on: {click: () => this.app.go('traces')}}, 'Remove all filters'));
  }

  drawHead() {
    this.head.replaceChildren(...COLUMNS.map(([key, title]) => {
      const isSorted = this.sort.replace(/^-/, '') === key;
      const isDown = this.sort.startsWith('-');
      return h('span', {role: 'columnheader', class: `cell ${key}`,
        'aria-sort': isSorted ? (isDown ? 'descending' : 'ascending') : 'none'},
      h('button', {class: 'sort', on: {click: event => {
        event.stopPropagation();
        this.app.go('traces', {...this.parameters(), sort: isSorted && isDown ? key : `-${key}`});
      }}}, title, isSorted ? (isDown ? ' ↓' : ' ↑') : ''));
    }));
  }

  fill(element, row) {
    const state = stateOf(row);
    element.dataset.state = state;
    element.dataset.id = row.id;
    const below = row.faults + row.errors + row.throttles;
    element.replaceChildren(
      h('span', {role: 'gridcell', class: 'cell start', title: dateTime(row.start)}, clock(row.start)),
      h('span', {role: 'gridcell', class: 'cell name'},
        h('span', {class: `swatch ${colour(row.name)}`}), h('b', {}, row.name),
        row.method && h('span', {class: 'method'}, row.method), h('span', {class: 'path'}, path(row.url))),
      h('span', {role: 'gridcell', class: 'cell services', title: row.services.join(', ')},
        h('span', {class: 'swatches'}, row.services.slice(0, 6).map(name => h('span', {class: `swatch ${colour(name)}`}))),
        plural(row.segments + row.subsegments, 'segment')),
      h('span', {role: 'gridcell', class: 'cell status'},
        h('span', {class: `badge ${state}`}, row.status > 0 ? `${row.status} ` : '', state === 'ok' && row.status > 0 ? '' : STATE_NAMES[state]),
        state === 'ok' && below > 0 && h('span', {class: 'below', title: `${plural(below, 'problem')} in calls below`}, `${below} below`)),
      h('span', {role: 'gridcell', class: 'cell response'}, h('span', {class: 'meter'}, this.meter(row, state)),
        h('span', {class: 'figure'}, row.partial && row.response === 0 ? '…' : duration(row.response))));
  }

  meter(row, state) {
    const bar = h('span', {class: `bar-${state}`});
    bar.style.width = `${Math.max(1, (100 * row.response) / this.longest)}%`;
    return bar;
  }

  drawFacets(rows) {
    const groups = [['Result', tally(rows, row => [stateOf(row)]), state => (state === 'progress' ? 'partial' : state), STATE_NAMES],
      ['Service', tally(rows, row => row.services), name => `service(${quote(name)})`],
      ['Status', tally(rows, row => (row.status ? [row.status] : [])), status => `http.status = ${status}`],
      ['Method', tally(rows, row => (row.method ? [row.method] : [])), method => `http.method = ${quote(method)}`]];
    const keys = [...tally(rows, row => Object.keys(row.annotations))].sort((a, b) => b[1] - a[1]).slice(0, ANNOTATION_KEYS_MAX);
    for (const [key] of keys) {
      const values = tally(rows, row => (key in row.annotations ? [row.annotations[key]] : []));
      // Values that each stand in one trace, such as order numbers, are no groups.
      if (values.size <= FACET_VALUES_MAX || Math.max(...values.values()) > 1) {
        groups.push([`annotation.${key}`, values, value => annotation(key, value)]);
      }
    }
    const focused = document.activeElement?.closest?.('.facets') ? document.activeElement.dataset.term : undefined;
    const field = (label, operator, key) => h('label', {}, label, h('input', {type: 'number', min: 0, step: 'any',
      id: `response-${key}`, 'data-term': key, value: milliseconds(bound(this.filter, 'responsetime', operator)),
      on: {change: () => this.setResponse(...['min', 'max'].map(each =>
        Number(this.facets.querySelector(`#response-${each}`).value) / 1000))}}));
    if (this.facets.contains(document.activeElement) && document.activeElement.type === 'number') {
      return;
    }
    this.facets.replaceChildren(
      h('fieldset', {class: 'facet response-facet'}, h('legend', {}, 'Response time, ms'), field('from', '>', 'min'), field('to', '<', 'max')),
      ...groups.filter(([, values]) => values.size > 0).map(([title, values, term, names]) =>
        h('fieldset', {class: title.includes('.') ? 'facet annotation' : 'facet'}, h('legend', {}, title),
          [...values].sort((a, b) => b[1] - a[1]).slice(0, FACET_VALUES_MAX).map(([value, number]) =>
            this.facet(term(value), names ? names[value] : String(value), number, title === 'Service' ? colour(value) : ''))))
    );
    if (focused) {
      [...this.facets.querySelectorAll('input')].find(input => input.dataset.term === focused)?.focus({preventScroll: true});
    }
  }

  facet(term, label, number, swatch) {
    return h('label', {class: 'facet-value', title: term},
      h('input', {type: 'checkbox', checked: has(this.filter, term), 'data-term': term,
        on: {change: () => this.setFilter(toggle(this.filter, term))}}),
      swatch && h('span', {class: `swatch ${swatch}`}), h('span', {class: 'facet-label'}, label),
      h('span', {class: 'muted'}, count(number)));
  }

  openTrace(index) {
    if (this.rows[index]) {
      this.app.go(`trace/${this.rows[index].id}`);
    }
  }

  onKey(event) {
    const list = this.list;
    switch (event.key) {
      case 'j': case 'ArrowDown': list.move(1); return true;
      case 'k': case 'ArrowUp': list.move(-1); return true;
      case 'PageDown': list.move(list.page()); return true;
      case 'PageUp': list.move(-list.page()); return true;
      case 'g': case 'Home': list.select(0); return true;
      case 'G': case 'End': list.select(this.rows.length - 1); return true;
      case 'Enter':
        if (event.target.closest('button, a, summary')) {
          return false;
        }
        this.openTrace(list.selected);
        return true;
      case 'e': this.nextError(); return true;
      case '/': this.search.focus(); this.search.select(); return true;
      default: return false;
    }
  }

  nextError() {
    for (let i = 1; i <= this.rows.length; i++) {
      const at = (this.list.selected + i) % this.rows.length;
      if (!['ok', 'progress'].includes(stateOf(this.rows[at]))) {
        this.list.select(at);
        return;
      }
    }
    toast('No trace with an error');
  }
}

function milliseconds(seconds) {
  return seconds === undefined ? '' : String(Number((seconds * 1000).toPrecision(6)));
}

function tally(rows, values) {
  const counts = new Map();
  for (const row of rows) {
    for (const value of values(row)) {
      counts.set(value, (counts.get(value) || 0) + 1);
    }
  }
  return counts;
}
