// The sampling rules that SDKs get, as a table that can be edited.

import {h, request, toast} from './dom.js';

const FIELDS = [['RuleName', 'Name', 'text'], ['Priority', 'Priority', 'number'], ['FixedRate', 'Rate, %', 'number'],
  ['ReservoirSize', 'Reservoir, per s', 'number'], ['ServiceName', 'Service', 'text'], ['Host', 'Host', 'text'],
  ['HTTPMethod', 'Method', 'text'], ['URLPath', 'Path', 'text']];

export class SamplingView {
  constructor(app) {
    this.app = app;
    this.name = 'sampling';
    this.body = h('tbody');
    this.error = h('div', {class: 'search-error', role: 'alert', hidden: true});
    this.calls = h('p', {class: 'muted'});
    this.element = h('div', {class: 'page'},
      h('h1', {}, 'Sampling rules'),
      h('p', {class: 'muted'}, 'SDKs get these rules from the daemon’s TCP port. The matching rule with the lowest priority number decides whether a',
        ' request is sampled: first its reservoir (requests per second), then its rate, a percentage of the remaining requests.'),
      h('form', {on: {submit: event => {
        event.preventDefault();
        this.save();
      }}},
      h('div', {class: 'scroll'}, h('table', {class: 'rules'},
        h('thead', {}, h('tr', {}, FIELDS.map(([, title]) => h('th', {scope: 'col'}, title)), h('th', {scope: 'col'}, h('span', {class: 'visually-hidden'}, 'Remove')))),
        this.body)),
      this.error,
      h('div', {class: 'actions'},
        h('button', {class: 'primary', id: 'save-rules'}, 'Save'),
        h('button', {type: 'button', on: {click: () => this.add({RuleName: 'new-rule', Priority: 100, FixedRate: 0.05, ReservoirSize: 1,
          ServiceName: '*', Host: '*', HTTPMethod: '*', URLPath: '/api/*'}, true)}}, 'Add a rule'),
        h('button', {type: 'button', on: {click: () => this.reset()}}, 'Sample everything'))),
      this.calls);
  }

  async show() {
    try {
      this.draw(await request('/sandbox/sampling-rules'));
      const stats = await request('/sandbox/stats');
      this.calls.textContent = `SDKs asked for the rules ${stats.samplingRuleCalls} times and reported what they sampled ${
        stats.samplingTargetCalls} times.`;
    } catch (e) {
      this.showError(e);
    }
  }

  draw(answer) {
    this.body.replaceChildren();
    answer.rules.forEach(rule => this.add(rule, false));
    this.showError(undefined);
  }

  add(rule, isNew) {
    const row = h('tr', {}, FIELDS.map(([key, title, type]) => h('td', {}, h('input', {type, name: key, 'aria-label': title, required: true,
      step: 'any', value: key === 'FixedRate' ? String(Number((rule[key] * 100).toPrecision(6))) : String(rule[key])}))),
    h('td', {}, h('button', {type: 'button', class: 'icon', 'aria-label': `Remove rule ${rule.RuleName}`, on: {click: () => row.remove()}}, '×')));
    this.body.append(row);
    if (isNew) {
      row.querySelector('input').select();
    }
  }

  async save() {
    const rules = [...this.body.rows].map(row => {
      const rule = {};
      for (const [key, , type] of FIELDS) {
        const value = row.querySelector(`[name=${key}]`).value;
        rule[key] = type === 'number' ? Number(value) : value;
      }
      rule.FixedRate /= 100;
      return rule;
    });
    await this.put('PUT', {rules}, 'Rules saved');
  }

  async reset() {
    await this.put('DELETE', undefined, 'Every request is sampled');
  }

  async put(method, body, done) {
    try {
      this.draw(await request('/sandbox/sampling-rules', method, body));
      toast(done);
    } catch (e) {
      this.showError(e);
    }
  }

  showError(error) {
    this.error.hidden = !error;
    this.error.textContent = error?.message || '';
  }
}
