// Switches that make the endpoint misbehave; each is one fault of the control API.

import {h, request, toast} from './dom.js';
import {count} from './format.js';

const SWITCHES = [
  {id: 'slow', title: 'Slow', what: 'Answers come late.', kind: 'latency', field: 'p50Ms', unit: 'ms', value: 500, max: 120000,
    of: value => ({kind: 'latency', p50Ms: value, p99Ms: value})},
  {id: 'failing', title: 'Failing', what: 'Requests fail with status 500.', kind: 'status', field: 'share', unit: '% of requests', value: 100, scale: 100,
    max: 100, of: value => ({kind: 'status', status: 500, errorCode: 'InternalFailure', message: 'The sandbox fails as asked', share: value})},
  {id: 'throttling', title: 'Throttling', what: 'Requests above a rate are answered with status 429.', kind: 'throttle-requests', field: 'ratePerSecond',
    unit: 'requests/s pass', value: 1, max: 1e9, of: value => ({kind: 'throttle-requests', ratePerSecond: value})},
  {id: 'unprocessed', title: 'Unprocessed', what: 'Some segments come back as unprocessed.', kind: 'unprocessed', field: 'segmentShare',
    unit: '% of segments', value: 50, scale: 100, max: 100, of: value => ({kind: 'unprocessed', operation: 'PutTraceSegments', segmentShare: value})},
  {id: 'silent', title: 'No answer', what: 'Requests are never answered.', kind: 'hang', field: 'share', unit: '% of requests', value: 100, scale: 100,
    max: 100, of: value => ({kind: 'hang', share: value})},
  {id: 'dropping', title: 'Closed connections', what: 'Connections are closed without an answer.', kind: 'drop-after', field: 'share',
    unit: '% of requests', value: 100, scale: 100, max: 100, of: value => ({kind: 'drop-after', share: value})},
];
const REFRESH_MS = 1000;

export class FaultsView {
  constructor(app) {
    this.app = app;
    this.name = 'faults';
    this.cards = h('div', {class: 'cards'});
    this.state = h('p', {class: 'state', role: 'status'});
    this.others = h('section', {});
    this.counts = h('section', {});
    this.error = h('div', {class: 'search-error', role: 'alert', hidden: true});
    this.inputs = new Map();
    this.element = h('div', {class: 'page'},
      h('h1', {}, 'Faults'),
      h('p', {class: 'muted'}, 'Make the endpoint slow or failing, and watch what the daemon does: it sends again what failed, and counts what it cannot deliver.'),
      h('div', {class: 'tools'}, this.state, h('span', {class: 'spacer'}),
        h('button', {class: 'primary', id: 'all-well', on: {click: () => this.apply([], 'The endpoint works again')}}, 'Back to normal')),
      this.error, this.cards, this.others, this.counts);
    this.cards.append(...SWITCHES.map(each => this.card(each)));
  }

  card(each) {
    const toggle = h('input', {type: 'checkbox', role: 'switch', id: `fault-${each.id}`, on: {change: () => this.change()}});
    const value = h('input', {type: 'number', min: 0, max: each.max, step: 'any', value: String(each.value),
      'aria-label': `${each.title}: ${each.unit}`, on: {change: () => toggle.checked && this.change()}});
    this.inputs.set(each.id, {toggle, value});
    return h('div', {class: 'card'}, h('label', {class: 'switch', for: `fault-${each.id}`}, toggle, h('span', {class: 'knob'}), h('b', {}, each.title)),
      h('p', {}, each.what), h('label', {class: 'amount'}, value, ` ${each.unit}`));
  }

  async show() {
    await this.load();
  }

  onChange() {
    if (!this.timer) {
      this.timer = setTimeout(() => {
        this.timer = 0;
        this.loadCounts();
      }, REFRESH_MS);
    }
  }

  async load() {
    try {
      this.draw(await request('/sandbox/v1/faults'));
      await this.loadCounts();
    } catch (e) {
      this.showError(e);
    }
  }

  /** The switch that shows a fault, or nothing when it has conditions that the page does not show. */
  switchOf(fault) {
    const isPlain = fault.count < 0 && fault.afterMs === 0 && fault.forMs < 0 && fault.containing === undefined
      && (fault.operation === undefined || fault.kind === 'unprocessed');
    return isPlain ? SWITCHES.find(each => each.kind === fault.kind && (each.kind !== 'status' || fault.status === 500)) : undefined;
  }

  draw(answer) {
    this.foreign = [];
    const shown = new Map();
    for (const fault of answer.faults) {
      const each = this.switchOf(fault);
      if (each && !shown.has(each.id)) {
        shown.set(each.id, fault);
      } else {
        this.foreign.push(fault);
      }
    }
    this.seed = answer.seed;
    this.script = answer.script;
    for (const each of SWITCHES) {
      const {toggle, value} = this.inputs.get(each.id);
      const fault = shown.get(each.id);
      toggle.checked = Boolean(fault);
      if (fault) {
        value.value = String(Number((fault[each.field] * (each.scale || 1)).toPrecision(6)));
      }
      toggle.closest('.card').classList.toggle('on', Boolean(fault));
    }
    const active = answer.faults.length + answer.script.length;
    this.state.textContent = active === 0 ? 'The endpoint works.' : `The endpoint misbehaves: ${[...shown.keys()].map(id =>
      SWITCHES.find(each => each.id === id).title.toLowerCase()).concat(this.foreign.map(fault => fault.kind)).join(', ') || 'as its script says'}.`;
    this.state.dataset.state = active === 0 ? 'ok' : 'fault';
    this.others.replaceChildren(...(this.foreign.length + this.script.length === 0 ? [] : [h('h2', {}, 'Set by the command line or the control API'),
      h('pre', {}, JSON.stringify({faults: this.foreign, script: this.script}, null, 2))]));
    this.showError(undefined);
  }

  async change() {
    const faults = SWITCHES.filter(each => this.inputs.get(each.id).toggle.checked)
      .map(each => each.of(Number(this.inputs.get(each.id).value.value) / (each.scale || 1)));
    await this.apply([...this.foreign, ...faults], 'Faults changed');
  }

  async apply(faults, done) {
    try {
      this.draw(await request('/sandbox/v1/faults', 'PUT', {seed: this.seed, faults, script: faults.length > 0 ? this.script : []}));
      toast(done);
    } catch (e) {
      this.showError(e);
    }
  }

  async loadCounts() {
    try {
      const stats = await request('/sandbox/v1/stats');
      const statuses = [...new Set(Object.values(stats.requests).flatMap(Object.keys))].sort();
      this.counts.replaceChildren(h('h2', {}, 'Requests so far'), statuses.length === 0 ? h('p', {class: 'muted'}, 'None yet.') : h('div', {class: 'scroll'}, h('table', {},
        h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'Operation'), statuses.map(status => h('th', {scope: 'col', class: 'figure'}, status)))),
        h('tbody', {}, Object.entries(stats.requests).map(([operation, byStatus]) => h('tr', {}, h('th', {scope: 'row'}, operation),
          statuses.map(status => h('td', {class: 'figure'}, byStatus[status] === undefined ? '' : count(byStatus[status])))))))));
    } catch {
      this.app.setLive('lost');
    }
  }

  showError(error) {
    this.error.hidden = !error;
    this.error.textContent = error?.message || '';
  }

  close() {
    clearTimeout(this.timer);
  }
}
