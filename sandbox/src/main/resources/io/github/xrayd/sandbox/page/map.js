// The service map: who calls whom, how often, how fast, with which errors.

import {announce, h, placeholder, request, s} from './dom.js';
import {quote, toggle} from './expression.js';
import {colour, count, duration, percent, plural, rate} from './format.js';
import {checkRange} from './range.js';

const WIDTH = 214;
const HEIGHT = 84;
const REFRESH_MS = 2000;

export class MapView {
  constructor(app) {
    this.app = app;
    this.name = 'map';
    this.zoom = 0;
    this.canvas = h('div', {class: 'map-canvas', tabindex: 0, 'aria-label': 'Service map', role: 'group'}, placeholder('Loading the map'));
    this.summary = h('p', {class: 'muted summary'});
    this.panel = h('aside', {class: 'details', 'aria-label': 'Details', hidden: true});
    this.table = h('div', {class: 'map-table'});
    this.element = h('div', {class: 'map-view'},
      h('h1', {}, 'Service map'),
      h('div', {class: 'tools'}, this.summary,
        h('button', {'aria-label': 'Smaller', title: 'Smaller (-)', on: {click: () => this.setZoom(1 / 1.25)}}, '−'),
        h('button', {title: 'Show all of it (0)', on: {click: () => this.setZoom(0)}}, 'Fit'),
        h('button', {'aria-label': 'Larger', title: 'Larger (+)', on: {click: () => this.setZoom(1.25)}}, '+')),
      h('div', {class: 'map-body'}, this.canvas, this.panel),
      h('details', {class: 'map-as-table'}, h('summary', {}, 'As a table'), this.table));
    this.observer = new ResizeObserver(() => this.scale());
    this.observer.observe(this.canvas);
  }

  async show(query) {
    this.filter = query.get('filter') || '';
    this.range = query.get('range') || '';
    await this.load();
  }

  onChange() {
    if (!this.timer) {
      this.timer = setTimeout(() => {
        this.timer = 0;
        this.load();
      }, REFRESH_MS);
    }
  }

  async load() {
    try {
      checkRange(this.range);
      const start = this.range ? Date.now() / 1000 - Number(this.range) : 0;
      const [answer, dagre] = await Promise.all([
        request(`/page/api/graph?start=${start}&filter=${encodeURIComponent(this.filter)}`), import('./vendor/dagre.esm.js')]);
      this.draw(answer, dagre);
    } catch (e) {
      this.summary.textContent = e.message;
      if (!this.svg) {
        this.canvas.replaceChildren(placeholder('The map cannot be drawn', h('p', {}, e.message)));
      }
    }
  }

  draw(answer, dagre) {
    const services = answer.services.map(service => figures(service, answer.seconds));
    const byReference = new Map(services.map(service => [service.reference, service]));
    const edges = services.flatMap(service => service.edges.map(edge => ({...figures(edge, answer.seconds), from: service,
      to: byReference.get(edge.ReferenceId)}))).filter(edge => edge.to);
    const isNarrow = this.canvas.clientWidth < 700;
    const graph = new dagre.Graph({multigraph: true});
    graph.setGraph({rankdir: isNarrow ? 'TB' : 'LR', nodesep: 46, ranksep: isNarrow ? 40 : 46, marginx: 16, marginy: 16});
    graph.setDefaultEdgeLabel(() => ({}));
    services.forEach(service => graph.setNode(String(service.reference), {width: WIDTH, height: HEIGHT}));
    edges.forEach((edge, i) => graph.setEdge(String(edge.from.reference), String(edge.to.reference),
      {width: isNarrow ? 110 : 86, height: 30, labelpos: 'c'}, String(i)));
    dagre.layout(graph);
    const placed = (edge, i) => graph.edge({v: String(edge.from.reference), w: String(edge.to.reference), name: String(i)});
    const size = graph.graph();
    this.size = services.length > 0 ? {width: size.width, height: size.height} : {width: 1, height: 1};
    const focused = document.activeElement?.dataset?.node;
    const most = Math.max(1, ...edges.map(edge => edge.total));
    this.svg = s('svg', {viewBox: `0 0 ${this.size.width} ${this.size.height}`},
      s('defs', {}, ['', '-bad'].map(suffix => s('marker', {id: `arrow${suffix}`, viewBox: '0 0 8 8', refX: 7, refY: 4,
        markerWidth: 8, markerHeight: 8, markerUnits: 'userSpaceOnUse', orient: 'auto'},
      s('path', {d: 'M0 0L8 4L0 8z', class: `arrow${suffix}`})))),
      edges.map((edge, i) => this.edge(edge, placed(edge, i), most)),
      edges.map((edge, i) => this.edgeLabel(edge, placed(edge, i))),
      services.map(service => this.node(service, graph.node(String(service.reference)))));
    this.canvas.replaceChildren(services.length > 0 ? this.svg : this.filter || this.range
      ? placeholder('No trace matches', h('p', {}, h('button', {on: {click: () => this.app.go('map')}}, 'Remove all filters')))
      : placeholder('No service yet', h('p', {}, 'Services and their calls stand here as soon as there are traces.')));
    if (focused !== undefined) {
      [...this.svg.querySelectorAll('[data-node]')].find(each => each.dataset.node === focused)?.focus({preventScroll: true});
    }
    this.scale();
    this.showStart(graph.node(String(services.find(service => service.type === 'client')?.reference)));
    this.summary.textContent = `${plural(services.length, 'node')}, ${plural(answer.traces, 'trace')} in ${duration(answer.seconds)}${
      this.filter ? `, filter ${this.filter}` : ''}`;
    this.drawTable(services, edges);
    if (this.chosen) {
      const [from, to] = this.chosen;
      const now = to === undefined ? services.find(one => one.key === from) : edges.find(one => one.from.key === from && one.to.key === to);
      if (now) {
        this.describe(now);
      }
    }
  }

  node(service, at) {
    const x = at.x - WIDTH / 2;
    const y = at.y - HEIGHT / 2;
    const parts = [['ok', service.ok], ['error', service.errors], ['throttle', service.throttles], ['fault', service.faults]];
    let left = 14;
    const share = parts.map(([name, number]) => {
      const width = service.total === 0 ? 0 : ((WIDTH - 28) * number) / service.total;
      const rect = s('rect', {x: left, y: HEIGHT - 14, width: Math.max(0, width), height: 5, class: `bar-${name}`});
      left += width;
      return number > 0 && rect;
    });
    const isClient = service.type === 'client';
    return s('g', {class: `node ${service.bad > 0 ? 'bad' : ''}`, transform: `translate(${x} ${y})`, tabindex: 0, role: 'button',
      'data-node': service.key, 'aria-label': `${service.title}, ${text(service)}`,
      on: activate(() => this.choose(service))},
    s('title', {}, `${service.name}\n${service.type}\n${text(service)}`),
    s('rect', {width: WIDTH, height: HEIGHT, rx: 12, class: 'card'}),
    s('circle', {cx: 20, cy: 22, r: 6, class: `fill-${colour(service.name)}`}),
    s('text', {x: 34, y: 27, class: 'node-name'}, cut(isClient ? 'Client' : service.short, 20)),
    s('text', {x: 14, y: 46, class: 'node-type'}, cut(isClient ? `of ${service.name}` : service.type || 'service', 30)),
    s('text', {x: 14, y: 63, class: 'node-figures'}, service.total > 0
      ? `${rate(service.total, service.seconds)}  ·  p50 ${duration(service.p50)}  ·  p99 ${duration(service.p99)}` : ''),
    share);
  }

  edge(edge, at, most) {
    const points = at.points;
    let path = `M${points[0].x} ${points[0].y}`;
    for (let i = 1; i < points.length - 1; i++) {
      const next = i === points.length - 2 ? points[i + 1]
        : {x: (points[i].x + points[i + 1].x) / 2, y: (points[i].y + points[i + 1].y) / 2};
      path += `Q${points[i].x} ${points[i].y} ${next.x} ${next.y}`;
    }
    const isBad = edge.bad > 0;
    return s('g', {class: `edge ${isBad ? 'bad' : ''}`, tabindex: 0, role: 'button',
      'data-node': `${edge.from.key} to ${edge.to.key}`,
      'aria-label': `${edge.from.title} calls ${edge.to.title}, ${text(edge)}`, on: activate(() => this.choose(edge))},
    s('title', {}, `${edge.from.title} → ${edge.to.title}\n${text(edge)}`),
    s('path', {d: path, class: 'hit'}),
    s('path', {d: path, class: 'line', 'stroke-width': (1 + 2.5 * Math.sqrt(edge.total / most)).toFixed(2),
      'marker-end': `url(#arrow${isBad ? '-bad' : ''})`}));
  }

  /** Stands above all lines, so that no line crosses it. */
  edgeLabel(edge, at) {
    return s('g', {class: 'edge-label', 'aria-hidden': 'true'},
      s('text', {x: at.x, y: at.y - 18, 'text-anchor': 'middle'}, rate(edge.total, edge.seconds)),
      s('text', {x: at.x, y: at.y - 5, 'text-anchor': 'middle', class: edge.bad > 0 ? 'share' : ''},
        edge.bad > 0 ? `${percent(edge.bad, edge.total)} errors` : duration(edge.p50)));
  }

  choose(chosen) {
    this.chosen = chosen.from ? [chosen.from.key, chosen.to.key] : [chosen.key];
    this.describe(chosen);
    announce(`${chosen.title || chosen.from.title}: ${text(chosen)}`);
  }

  describe(chosen) {
    const isEdge = Boolean(chosen.from);
    const isClient = isEdge ? chosen.from.type === 'client' : chosen.type === 'client';
    const term = isEdge && !isClient ? `edge(${quote(chosen.from.name)}, ${quote(chosen.to.name)})`
      : `service(${quote(isEdge ? chosen.to.name : chosen.name)})`;
    const problem = `service(${quote(isEdge ? chosen.to.name : chosen.name)}) { fault }`;
    const name = isEdge ? `${chosen.from.title} → ${chosen.to.title}` : chosen.title;
    this.panel.hidden = false;
    this.panel.replaceChildren(
      h('button', {class: 'icon close', 'aria-label': 'Close', on: {click: () => {
        this.panel.hidden = true;
        this.chosen = undefined;
      }}}, '×'),
      h('h2', {}, name), h('p', {class: 'muted'}, isEdge ? 'calls' : chosen.type || 'service'),
      h('dl', {class: 'fields'},
        h('dt', {}, 'Calls'), h('dd', {}, `${count(chosen.total)}, ${rate(chosen.total, chosen.seconds)}`),
        h('dt', {}, 'OK'), h('dd', {}, share(chosen.ok, chosen.total)),
        h('dt', {}, 'Errors'), h('dd', {}, share(chosen.errors, chosen.total)),
        h('dt', {}, 'Throttles'), h('dd', {}, share(chosen.throttles, chosen.total)),
        h('dt', {}, 'Faults'), h('dd', {}, share(chosen.faults, chosen.total)),
        h('dt', {}, 'Median'), h('dd', {}, duration(chosen.p50)),
        h('dt', {}, '99th percentile'), h('dd', {}, duration(chosen.p99)),
        h('dt', {}, 'Mean'), h('dd', {}, duration(chosen.total ? chosen.sum / chosen.total : NaN))),
      h('div', {class: 'actions'},
        h('button', {class: 'primary', on: {click: () => this.filterBy(term)}}, 'Show traces'),
        h('button', {disabled: chosen.faults === 0, on: {click: () => this.filterBy(problem)}}, 'Show faults')),
      h('p', {class: 'muted'}, h('code', {}, term)));
  }

  filterBy(term) {
    const filter = this.filter.includes(term) ? this.filter : toggle(this.filter, term);
    this.app.go('traces', {filter, range: this.range});
  }

  drawTable(services, edges) {
    const row = (name, type, each) => h('tr', {}, h('th', {scope: 'row'}, name), h('td', {}, type),
      [count(each.total), rate(each.total, each.seconds), percent(each.bad, each.total), duration(each.p50), duration(each.p99)]
        .map(value => h('td', {class: 'figure'}, value)));
    this.table.replaceChildren(h('table', {}, h('thead', {}, h('tr', {}, ['Name', 'Type', 'Calls', 'Rate', 'Errors', 'p50', 'p99']
      .map(title => h('th', {scope: 'col'}, title)))),
    h('tbody', {}, services.map(each => row(each.title, each.type || 'service', each)),
      edges.map(each => row(`${each.from.title} → ${each.to.title}`, 'edge', each)))));
  }

  setZoom(factor) {
    this.zoom = factor === 0 ? this.fit() : (this.zoom || this.scaleNow || 1) * factor;
    this.scale();
  }

  /** The scale at which all of it is seen. */
  fit() {
    return Math.min(2.4, (this.canvas.clientWidth - 4) / this.size.width, (this.canvas.clientHeight - 4) / this.size.height);
  }

  /** Brings the first client into view, once: a map that is larger than the window begins there. */
  showStart(at) {
    if (!this.isStartShown && at) {
      this.isStartShown = true;
      this.canvas.scrollTop = at.y * this.scaleNow - this.canvas.clientHeight / 2;
      this.canvas.scrollLeft = (at.x - WIDTH / 2 - 20) * this.scaleNow;
    }
  }

  scale() {
    if (this.svg && this.canvas.clientWidth > 0) {
      // What is larger than the window at first is scrolled, so that it can be read.
      this.scaleNow = Math.max(0.1, Math.min(4, this.zoom || Math.max(this.fit(), 0.7)));
      this.svg.setAttribute('width', this.size.width * this.scaleNow);
      this.svg.setAttribute('height', this.size.height * this.scaleNow);
    }
  }

  onKey(event) {
    const factor = {'+': 1.25, '=': 1.25, '-': 1 / 1.25, 0: 0}[event.key];
    if (factor !== undefined) {
      this.setZoom(factor);
      return true;
    }
    if (event.key === 'j' || event.key === 'k') {
      const all = [...this.canvas.querySelectorAll('[data-node]')];
      const at = all.indexOf(document.activeElement);
      all[(at + (event.key === 'j' ? 1 : all.length - 1) + (at < 0 && event.key === 'k' ? 1 : 0)) % all.length]?.focus();
      return true;
    }
    if (event.key === 'Escape' && !this.panel.hidden) {
      this.panel.hidden = true;
      this.chosen = undefined;
      return true;
    }
    return false;
  }

  close() {
    clearTimeout(this.timer);
    this.observer.disconnect();
  }
}

function activate(action) {
  return {click: action, keydown: event => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      event.stopPropagation();
      action();
    }
  }};
}

function figures(json, seconds) {
  const statistics = json.SummaryStatistics || {};
  const errors = statistics.ErrorStatistics || {};
  const histogram = json.ResponseTimeHistogram || [];
  const name = json.Name ?? '';
  const type = json.Type || '';
  const short = name.replace(/^https?:\/\/.*\//, '');
  const faults = statistics.FaultStatistics?.TotalCount || 0;
  return {
    reference: json.ReferenceId, name, type, short, key: `${type} ${name}`, title: type === 'client' ? 'Client' : short, edges: json.Edges || [], seconds,
    total: statistics.TotalCount || 0, ok: statistics.OkCount || 0, errors: errors.OtherCount || 0, throttles: errors.ThrottleCount || 0,
    faults, bad: (errors.TotalCount || 0) + faults, sum: statistics.TotalResponseTime || 0,
    p50: percentile(histogram, 0.5), p99: percentile(histogram, 0.99),
  };
}

export function percentile(histogram, part) {
  const total = histogram.reduce((sum, each) => sum + each.Count, 0);
  let seen = 0;
  for (const each of histogram) {
    seen += each.Count;
    if (seen >= part * total) {
      return each.Value;
    }
  }
  return NaN;
}

function text(each) {
  return each.total === 0 ? 'no calls of its own'
    : `${plural(each.total, 'call')}, ${rate(each.total, each.seconds)}, ${percent(each.bad, each.total)} errors, median ${
      duration(each.p50)}, 99th percentile ${duration(each.p99)}`;
}

function share(part, whole) {
  return `${count(part)} (${percent(part, whole)})`;
}

function cut(value, length) {
  const all = [...value];
  return all.length > length ? `${all.slice(0, length - 1).join('')}…` : value;
}
