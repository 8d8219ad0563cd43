// One trace: its waterfall and the details of the chosen row.

import {announce, copy, download, h, placeholder, request, toast} from './dom.js';
import {drawDetails} from './details.js';
import {colour, dateTime, duration, path, plural, scaled} from './format.js';
import {build, hint, walk} from './model.js';
import {Rows} from './rows.js';

const COLLAPSE_FROM = 2000;

export class TraceView {
  constructor(app, id) {
    this.app = app;
    this.name = 'trace';
    this.id = id;
    this.collapsed = new Set();
    this.matches = [];
    this.visible = [];
    this.title = h('div', {class: 'trace-title'});
    this.find = h('input', {type: 'search', class: 'find', placeholder: 'Find in this trace', spellcheck: 'false',
      'aria-label': 'Find in this trace', 'aria-keyshortcuts': '/',
      on: {input: () => this.search(), keydown: event => event.key === 'Enter' && this.nextMatch(event.shiftKey ? -1 : 1)}});
    this.found = h('span', {class: 'muted found', role: 'status'});
    this.ruler = h('div', {class: 'ruler', 'aria-hidden': 'true'});
    this.rows = new Rows({role: 'treegrid', label: 'Segments and subsegments', idPrefix: 'segment-', className: 'waterfall',
      rowHeight: () => scaled(28), fill: (element, index) => this.fill(element, this.visible[index]),
      onSelect: index => this.select(this.visible[index]),
      onOpen: (index, event) => {
        if (event.target.closest('.twisty')) {
          this.toggle(this.visible[index]);
        }
      }});
    this.details = h('aside', {class: 'details', 'aria-label': 'Details', tabindex: -1});
    this.errorButton = h('button', {title: 'Next error (e)', on: {click: () => this.nextError(1)}}, 'Next error');
    this.element = h('div', {class: 'trace-view'},
      h('div', {class: 'trace-head'}, this.title,
        h('div', {class: 'tools'}, this.find, this.found, this.errorButton,
          h('button', {title: 'Collapse or expand all (x)', on: {click: () => this.toggleAll()}}, 'Collapse'),
          h('button', {title: 'Copy all documents as JSON (c)', on: {click: () => this.copy()}}, 'Copy JSON'),
          h('button', {title: 'Save as a file', on: {click: () => this.save()}}, 'Save'),
          h('button', {title: 'Copy the address of this trace', on: {click: () => copy(location.href, 'Link')}}, 'Copy link'))),
      h('div', {class: 'trace-body'},
        h('section', {class: 'waterfall-box', 'aria-label': 'Waterfall'}, this.ruler, this.rows.host),
        this.details));
    this.rows.host.addEventListener('dblclick', () => this.toggle(this.visible[this.rows.selected]));
  }

  async show(query) {
    this.wanted = query.get('segment') || undefined;
    if (this.trace) {
      this.selectId(this.wanted);
      return;
    }
    await this.load();
  }

  async load() {
    this.sequence = this.app.sequence;
    try {
      const answer = await request(`/page/api/trace?id=${encodeURIComponent(this.id)}`);
      if (answer.Traces.length === 0) {
        this.element.replaceChildren(placeholder('This trace is not kept',
          h('p', {}, `${this.id} never arrived, or it was dropped to make room for newer ones.`),
          h('p', {}, h('a', {href: '#/traces'}, 'All traces'))));
        return;
      }
      this.documents = answer.Traces[0].Segments.map(segment => segment.Document);
      this.draw(build(this.documents));
    } catch (e) {
      this.details.replaceChildren(placeholder('The trace cannot be read', h('p', {}, e.message),
        h('p', {}, h('button', {on: {click: () => this.load()}}, 'Try again'))));
    }
  }

  /** Reads the trace again while it can still grow: some of it is in progress, or it came seconds ago. */
  async onChange() {
    const isYoung = this.trace && (this.trace.nodes.some(each => each.isInProgress) || Date.now() / 1000 - this.trace.end < 30);
    if (!isYoung || this.isBusy) {
      return;
    }
    this.isBusy = true;
    try {
      const answer = await request(`/page/api/trace?id=${encodeURIComponent(this.id)}`);
      const documents = answer.Traces[0]?.Segments.map(segment => segment.Document) || [];
      if (documents.length > 0 && documents.join('\n') !== this.documents.join('\n')) {
        this.wanted = this.selected?.id;
        this.documents = documents;
        this.draw(build(documents));
      }
    } catch {
      this.app.setLive('lost');
    } finally {
      this.isBusy = false;
    }
  }

  draw(trace) {
    const isFirst = !this.trace;
    this.trace = trace;
    this.seconds = Math.max(1e-6, trace.end - trace.start);
    if (isFirst && trace.nodes.length > COLLAPSE_FROM) {
      trace.nodes.filter(each => each.depth >= 1 && each.children.length > 0).forEach(each => this.collapsed.add(key(each)));
    }
    const root = trace.root;
    const words = root ? hint(root) : {};
    this.title.replaceChildren(
      h('a', {class: 'back', href: '#/traces', on: {click: event => {
        event.preventDefault();
        this.app.open('traces');
      }}}, '← Traces'),
      h('div', {class: 'title-line'},
        h('h1', {}, words.method ? `${words.method} ${path(words.url)}` : root?.name ?? this.id),
        trace.problems.length > 0
          ? h('span', {class: 'badge fault'}, plural(trace.problems.length, 'problem')) : h('span', {class: 'badge ok'}, 'OK'),
        trace.nodes.some(each => each.isInProgress) && h('span', {class: 'badge progress'}, 'In progress')),
      h('div', {class: 'facts'},
        h('code', {class: 'trace-id'}, this.id),
        h('span', {}, dateTime(trace.start)), h('span', {}, h('b', {}, duration(this.seconds))),
        h('span', {}, plural(trace.nodes.length, 'row')), h('span', {}, plural(trace.services.size, 'service'))),
      h('div', {class: 'legend'}, [...trace.services.keys()].slice(0, 12).map(name =>
        h('span', {}, h('span', {class: `swatch ${colour(name)}`}), name)),
      h('span', {class: 'critical-key'}, 'critical path')));
    this.errorButton.disabled = trace.problems.length === 0;
    this.drawRuler();
    this.refresh();
    this.selectId(this.wanted);
  }

  drawRuler() {
    this.ruler.replaceChildren(h('span', {class: 'name-column'}, 'Name'), h('span', {class: 'ticks'},
      [0, 0.25, 0.5, 0.75, 1].map(part => {
        const tick = h('span', {class: 'tick'}, part === 0 ? '0' : duration(part * this.seconds));
        tick.style.left = `${part * 100}%`;
        return tick;
      })));
  }

  refresh() {
    this.visible = walk(this.trace.roots, each => !this.collapsed.has(key(each)));
    this.rows.selected = this.visible.indexOf(this.selected);
    this.rows.setCount(this.visible.length);
  }

  fill(element, each) {
    const isOpen = !this.collapsed.has(key(each));
    const words = hint(each);
    const left = (100 * (each.start - this.trace.start)) / this.seconds;
    const width = Math.max(0.15, (100 * (each.shownEnd - each.start)) / this.seconds);
    element.dataset.state = each.isInProgress ? 'progress' : each.state;
    element.classList.toggle('match', this.matches.includes(each));
    element.setAttribute('aria-level', String(each.depth + 1));
    if (each.children.length > 0) {
      element.setAttribute('aria-expanded', String(isOpen));
    } else {
      element.removeAttribute('aria-expanded');
    }
    const bar = h('span', {class: `bar ${colour(each.service)} ${each.isSubsegment ? 'sub' : ''}`});
    bar.style.left = `${left}%`;
    bar.style.width = `${width}%`;
    const label = h('span', {class: 'time'}, each.isInProgress ? 'in progress' : duration(each.end - each.start));
    label.style.left = `${left + width}%`;
    const critical = each.critical.map(([from, to]) => {
      const part = h('span', {class: 'critical'});
      part.style.left = `${(100 * (from - this.trace.start)) / this.seconds}%`;
      part.style.width = `${Math.max(0.15, (100 * (to - from)) / this.seconds)}%`;
      return part;
    });
    const indent = h('span', {class: 'indent'});
    indent.style.width = `${Math.min(each.depth, 12) * 14}px`;
    element.replaceChildren(
      h('span', {role: 'gridcell', class: 'name-column'}, indent,
        each.children.length > 0
          ? h('span', {class: 'twisty', 'aria-hidden': 'true', title: isOpen ? 'Collapse' : 'Expand'}, isOpen ? '▾' : '▸')
          : h('span', {class: 'twisty none'}),
        h('span', {class: `swatch ${colour(each.service)}`}),
        h('span', {class: each.isSubsegment ? 'label' : 'label segment'}, each.name),
        h('span', {class: 'hint'}, words.method ? `${words.method} ${path(words.url)}` : words.words || ''),
        each.state !== 'ok' && h('span', {class: `badge ${each.state}`}, words.status ? `${words.status} ` : '', each.state),
        !isOpen && each.problems > 0 && h('span', {class: 'below'}, `${each.problems}`)),
      h('span', {role: 'gridcell', class: 'track'}, bar, critical, label));
  }

  select(each) {
    if (!each || each === this.selected) {
      return;
    }
    this.selected = each;
    drawDetails(this.details, each, this);
    this.app.go(`trace/${this.id}`, {segment: each.id}, true);
  }

  selectId(id) {
    const each = this.trace.nodes.find(one => one.id === id) || this.selected && this.trace.nodes.find(one => one.id === this.selected.id)
      || this.trace.root;
    this.selected = undefined;
    this.reveal(each);
  }

  /** Opens everything above a row, selects it and scrolls to it. */
  reveal(each) {
    let hasChanged = false;
    for (let at = each?.parent; at; at = at.parent) {
      hasChanged = this.collapsed.delete(key(at)) || hasChanged;
    }
    if (hasChanged) {
      this.refresh();
    }
    this.rows.select(this.visible.indexOf(each));
  }

  toggle(each) {
    if (each?.children.length > 0) {
      if (!this.collapsed.delete(key(each))) {
        this.collapsed.add(key(each));
      }
      this.refresh();
    }
  }

  toggleAll() {
    if (this.collapsed.size > 0) {
      this.collapsed.clear();
    } else {
      this.trace.nodes.filter(each => each.children.length > 0 && each.depth > 0).forEach(each => this.collapsed.add(key(each)));
    }
    this.refresh();
    this.reveal(this.selected);
  }

  nextError(step) {
    this.cycle(this.trace.problems, step, 'No error in this trace');
  }

  nextMatch(step) {
    this.cycle(this.matches, step, 'Nothing found');
  }

  /** Selects the next of some rows, in the order of the waterfall. */
  cycle(targets, step, otherwise) {
    if (targets.length === 0) {
      toast(otherwise);
      return;
    }
    const order = new Map(this.trace.nodes.map((each, index) => [each, index]));
    const here = order.get(this.selected) ?? -1;
    const sorted = [...targets].sort((a, b) => order.get(a) - order.get(b));
    const next = step > 0
      ? sorted.find(each => order.get(each) > here) || sorted[0]
      : sorted.filter(each => order.get(each) < here).pop() || sorted[sorted.length - 1];
    this.reveal(next);
    announce(`${sorted.indexOf(next) + 1} of ${sorted.length}: ${next.name}`);
  }

  search() {
    const text = this.find.value.trim().toLowerCase();
    this.matches = text === '' ? [] : this.trace.nodes.filter(each => searchText(each).includes(text));
    this.found.textContent = text === '' ? '' : `${this.matches.length} found`;
    this.rows.refresh();
    if (this.matches.length > 0) {
      this.reveal(this.matches[0]);
    }
  }

  json() {
    return JSON.stringify({Id: this.id, Segments: this.documents.map(document => JSON.parse(document))}, null, 2);
  }

  copy() {
    copy(this.json(), 'Trace');
  }

  save() {
    download(this.json(), `trace-${this.id}.json`);
  }

  focusRows() {
    this.rows.host.focus({preventScroll: true});
  }

  onKey(event) {
    if (!this.trace) {
      return false;
    }
    const at = this.selected;
    switch (event.key) {
      case 'j': case 'ArrowDown': this.rows.move(1); return true;
      case 'k': case 'ArrowUp': this.rows.move(-1); return true;
      case 'PageDown': this.rows.move(this.rows.page()); return true;
      case 'PageUp': this.rows.move(-this.rows.page()); return true;
      case 'g': case 'Home': this.rows.select(0); return true;
      case 'G': case 'End': this.rows.select(this.visible.length - 1); return true;
      case 'e': this.nextError(1); return true;
      case 'E': this.nextError(-1); return true;
      case 'n': this.nextMatch(1); return true;
      case 'N': this.nextMatch(-1); return true;
      case 'x': this.toggleAll(); return true;
      case 'c': this.copy(); return true;
      case '/': this.find.focus(); this.find.select(); return true;
      case 'ArrowLeft':
        if (at && at.children.length > 0 && !this.collapsed.has(key(at))) {
          this.toggle(at);
        } else if (at?.parent) {
          this.reveal(at.parent);
        }
        return true;
      case 'ArrowRight':
        if (at && this.collapsed.has(key(at))) {
          this.toggle(at);
        } else {
          this.rows.move(1);
        }
        return true;
      default: return false;
    }
  }

  close() {
    this.rows.close();
  }
}

function key(each) {
  return each.id || each;
}

function searchText(each) {
  if (each.text === undefined) {
    const {subsegments, ...own} = each.fields;
    each.text = JSON.stringify(own).toLowerCase();
  }
  return each.text;
}
