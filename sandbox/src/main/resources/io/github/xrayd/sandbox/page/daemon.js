// What a running daemon says of itself: its ledger by destination, memory, calls and errors.

import {h, request} from './dom.js';
import {clock, count, duration, megabytes, percent, plural} from './format.js';

const REFRESH_MS = 2000;

/** Columns of the ledger; what was received is the sum of all but the last two. */
const LEDGER = [['Held', 'held'], ['Delivered', 'delivered_total'], ['Unprocessed', 'unprocessed_total'], ['Refused', 'refused_total'],
  ['Spooled', 'spool_documents'], ['Abandoned', 'abandoned_total'], ['Skipped', 'skipped_total'], ['Sent again', 'resent_total']];
const CALLS = ['delivered', 'throttled', 'transient', 'refused', 'denied'];
const TEXTS = new Set(['Destination', 'State', 'Errors', 'From', 'To', 'Why it was not ready']);
const LOSSES = new Set(['unprocessed_total', 'refused_total', 'abandoned_total', 'skipped_total']);

export class DaemonView {
  constructor(app) {
    this.app = app;
    this.name = 'daemon';
    this.state = h('p', {class: 'state', role: 'status'});
    this.figures = h('div', {class: 'figures'});
    this.body = h('div', {});
    this.all = h('tbody', {});
    this.allBox = h('details', {}, h('summary', {}, 'All metrics'), h('div', {class: 'scroll'}, h('table', {},
      h('thead', {}, h('tr', {}, ['Metric', 'Labels', 'Value', 'What it is'].map(title => h('th', {scope: 'col'}, title)))), this.all)));
    this.element = h('div', {class: 'page'}, h('h1', {}, 'Daemon'),
      h('p', {class: 'muted'}, 'What the daemon at its TCP port tells: every document that it received is in the ledger once for each destination.'),
      this.state, this.figures, this.body, this.allBox);
  }

  async show() {
    this.timer ??= setInterval(() => document.hidden || this.load(), REFRESH_MS);
    await this.load();
  }

  close() {
    clearInterval(this.timer);
  }

  async load() {
    try {
      this.draw(await request('/page/api/daemon'));
    } catch {
      this.app.setLive('lost');
    }
  }

  draw(answer) {
    const isKnown = answer.address !== null;
    this.state.dataset.state = answer.isReady ? 'ok' : 'fault';
    this.state.textContent = !isKnown ? 'No daemon is known: start the sandbox with --daemon http://127.0.0.1:2000.'
      : answer.isReady ? `Ready, at ${answer.address}.` : answer.isReachable ? `Not ready: ${answer.problem}` : answer.problem;
    this.allBox.hidden = this.figures.hidden = !answer.samples;
    this.body.replaceChildren(...(answer.samples ? this.tables(answer) : []), ...problems(answer.problems || []));
  }

  tables({samples, help}) {
    const of = name => samples.filter(sample => sample.name === `xrayd_${name}`);
    const sum = (name, labels = {}) => of(name).filter(sample => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
      .reduce((total, sample) => total + sample.value, 0);
    const single = name => samples.find(sample => sample.name === name)?.value;
    const received = sum('received_total');
    const now = performance.now();
    const perSecond = this.before && now > this.before.at ? (received - this.before.received) / ((now - this.before.at) / 1000) : 0;
    this.before = {received, at: now};
    const held = Math.max(0, ...of('held').map(sample => sample.value));
    const started = single('process_start_time_seconds');
    const heap = samples.find(sample => sample.name === 'jvm_memory_used_bytes' && sample.labels.area === 'heap')?.value;
    this.figures.replaceChildren(...[
      ['Received', count(received), `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s, ${megabytes(sum('received_bytes_total'))}`],
      ['Turned away', count(sum('rejected_total') + sum('dropped_total')), reasons(of('rejected_total').concat(of('dropped_total')))],
      ['Lost in the kernel', count(sum('kernel_drops_total')), 'its buffer was full'],
      ['Held in memory', plural(held, 'document'), `limit ${megabytes(sum('memory_limit_bytes'))}; full ${plural(sum('arena_full_total'), 'time')}`],
      ['Heap', megabytes(heap || 0), 'garbage included'],
      ['Processor', duration(single('process_cpu_seconds_total')), started ? `since ${clock(started).split('.')[0]}` : ''],
    ].map(([title, value, more]) => h('div', {class: 'card'}, h('b', {}, title), h('span', {class: 'big'}, value), h('p', {}, more))));
    const destinations = [...new Set(of('delivered_total').map(sample => sample.labels.destination))];
    this.all.replaceChildren(...samples.map(sample => h('tr', {}, h('th', {scope: 'row'}, h('code', {}, sample.name)),
      h('td', {}, Object.entries(sample.labels).map(([key, value]) => `${key}=${value}`).join(', ')),
      h('td', {class: 'figure'}, count(sample.value)), h('td', {class: 'muted'}, help[sample.name] || ''))));
    return [
      h('h2', {}, 'Ledger'),
      table(['Destination', 'State', ...LEDGER.map(each => each[0])], destinations.map(destination => [
        destination, h('td', {class: 'nowrap'}, sum('destination_ready', {destination}) === 1 ? 'ready' : 'away'),
        ...LEDGER.map(([, name]) => {
          const value = sum(name, {destination});
          return h('td', {class: value > 0 && LOSSES.has(name) ? 'figure bad' : 'figure', title: help[`xrayd_${name}`]}, count(value));
        })])),
      h('h2', {}, 'Calls'),
      table(['Destination', 'Started', ...CALLS.map(each => each[0].toUpperCase() + each.slice(1)), 'Failed', 'Errors'], destinations.map(destination => {
        const ended = CALLS.reduce((total, result) => total + sum('calls_ended_total', {destination, result}), 0);
        const failed = ended - sum('calls_ended_total', {destination, result: 'delivered'});
        return [destination, figure(sum('calls_total', {destination})), ...CALLS.map(result => figure(sum('calls_ended_total', {destination, result}))),
          h('td', {class: failed > 0 ? 'figure bad' : 'figure'}, percent(failed, ended)),
          reasons(of('call_errors_total').filter(sample => sample.labels.destination === destination))];
      })),
      h('h2', {}, 'Calls of SDKs through the TCP port'),
      h('p', {class: 'scroll'}, reasons(of('proxy_requests_total')) || 'None so far.'),
    ];
  }
}

/** Samples that are not zero, as words: reason and number. */
function reasons(samples) {
  return samples.filter(sample => sample.value > 0).map(sample => {
    const {reason, kind, path, status} = sample.labels;
    return `${String(reason || kind || (path && `${path}: ${status},`) || sample.name).replaceAll('_', ' ')} ${count(sample.value)}`;
  }).join(', ');
}

function figure(value) {
  return h('td', {class: 'figure'}, count(value));
}

/** A table; all columns but those in TEXTS have numbers. */
function table(titles, rows) {
  return h('div', {class: 'scroll'}, h('table', {},
    h('thead', {}, h('tr', {}, titles.map(title => h('th', {scope: 'col', class: !TEXTS.has(title) && 'figure'}, title)))),
    h('tbody', {}, rows.map(row => h('tr', {}, row.map((cell, i) => (cell instanceof Node ? cell : h(i === 0 ? 'th' : 'td', {scope: i === 0 && 'row'}, cell))))))));
}

function problems(list) {
  return [h('h2', {}, 'Last errors'), list.length === 0 ? h('p', {class: 'muted'}, 'None since this sandbox started to ask.')
    : table(['From', 'To', 'Why it was not ready'], list.map(each => [
      ...[each.first, each.last].map(time => h('td', {class: 'nowrap'}, clock(time).split('.')[0])), h('td', {}, each.reason)]))];
}
