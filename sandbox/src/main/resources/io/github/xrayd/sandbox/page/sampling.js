// The sampling rules that SDKs get, as a table that can be edited.

import {h, placeholder, request, toast} from './dom.js';
import {clock, count, plural} from './format.js';

const REFRESH_MS = 3000;

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
    this.reports = h('div', {class: 'scroll'});
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
      h('h2', {}, 'What SDKs report'), this.calls, this.reports);
  }

  async show() {
    try {
      this.draw(await request('/sandbox/v1/sampling-rules'));
    } catch (e) {
      this.showError(e);
    }
    this.timer ??= setInterval(() => document.hidden || this.loadReports(), REFRESH_MS);
    await this.loadReports();
  }

  /** What SDKs asked and borrowed. */
  async loadReports() {
    try {
      const [stats, {clients}] = await Promise.all([request('/sandbox/v1/stats'), request('/sandbox/v1/sampling-statistics')]);
      this.calls.textContent = `${plural(stats.samplingRuleCalls, 'request')} for the rules, ${plural(stats.samplingTargetCalls, 'report')}.`;
      this.reports.replaceChildren(...(clients.length === 0 ? [placeholder('No report yet', h('p', {},
        'An SDK that has asked for the rules reports every ten seconds, by rule: requests, how many it sampled, and how many it borrowed.'))] : [h('table', {class: 'reports'},
        h('thead', {}, h('tr', {}, ['Client', 'Rule', 'Requests', 'Sampled', 'Borrowed', 'Last report'].map(title => h('th', {scope: 'col'}, title)))),
        h('tbody', {}, clients.map(each => h('tr', {}, h('th', {scope: 'row'}, h('code', {}, each.clientId)), h('td', {}, each.ruleName),
          [each.requests, each.sampled, each.borrowed].map(number => h('td', {class: 'figure'}, count(number))),
          h('td', {}, clock(each.lastReport))))))]));
    } catch {
      this.app.setLive('lost');
    }
  }

  close() {
    clearInterval(this.timer);
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
    // What has no column, such as attributes, stays as it is.
    row.rule = rule;
    this.body.append(row);
    if (isNew) {
      row.querySelector('input').select();
    }
  }

  async save() {
    const rules = [...this.body.rows].map(row => {
      const rule = {...row.rule};
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
      this.draw(await request('/sandbox/v1/sampling-rules', method, body));
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
