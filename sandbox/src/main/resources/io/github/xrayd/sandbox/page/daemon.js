// What a running daemon says of itself: its ledger by destination, memory, calls and errors.

import {h, request} from './dom.js';
import {clock, count, duration, megabytes, percent, plural} from './format.js';

const REFRESH_MS = 2000;

/** Columns of the ledger: what was admitted and recovered is the sum of the eight after it. */
const LEDGER = [['Admitted', 'admitted'], ['Recovered', 'recovered'], ['Held', 'held'], ['Delivered', 'delivered'], ['Unprocessed', 'unprocessed'],
  ['Refused', 'refused'], ['Spooled', 'spooled'], ['Abandoned', 'abandoned'], ['Dropped', 'dropped'], ['Sent again', 'resent']];
const LOSSES = new Set(['unprocessed', 'refused', 'abandoned', 'dropped']);
const CALLS = [['In flight', 'inFlight'], ['Limit', 'limit'], ['Started', 'started'], ['Delivered', 'delivered'], ['Throttled', 'throttled'],
  ['Transient', 'transient'], ['Refused', 'refused'], ['Denied', 'denied']];
const TEXTS = new Set(['Destination', 'State', 'Last delivery', 'From', 'To', 'What was wrong']);

export class DaemonView {
  constructor(app) {
    this.app = app;
    this.name = 'daemon';
    this.state = h('p', {class: 'state', role: 'status'});
    this.figures = h('div', {class: 'figures'});
    this.body = h('div', {});
    this.raw = h('pre', {});
    this.rawBox = h('details', {}, h('summary', {}, 'All that it tells'), this.raw);
    this.element = h('div', {class: 'page'}, h('h1', {}, 'Daemon'),
      h('p', {class: 'muted'}, 'What the daemon tells at its TCP port. Every document that it admitted is in the ledger once for each destination.'),
      this.state, this.figures, this.body, this.rawBox);
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

  draw({address, status, problem, problems}) {
    this.state.dataset.state = status?.ready ? 'ok' : 'fault';
    this.state.textContent = address === null ? 'No daemon is known: start the sandbox with --daemon http://127.0.0.1:2000.'
      : !status ? problem : status.ready ? `Ready, at ${address}: xrayd ${status.version}, up ${duration(status.uptimeSeconds)}.`
      : `Not ready: ${status.problem}`;
    this.figures.hidden = this.rawBox.hidden = !status;
    this.body.replaceChildren(...(status ? this.tables(status) : []), ...(address === null ? [] : lastErrors(problems)));
    this.raw.textContent = status ? JSON.stringify(status, null, 2) : '';
  }

  tables(status) {
    const now = performance.now();
    const isFirst = !this.before;
    const perSecond = this.before && now > this.before.at ? (status.received - this.before.received) / ((now - this.before.at) / 1000) : 0;
    this.before = {received: status.received, at: now};
    const {memory, destinations} = status;
    const used = memory.arenaUsedBytes + destinations.reduce((sum, each) => sum + each.poolUsedBytes, 0);
    const oldest = Math.max(0, ...destinations.map(each => each.oldestHeldSeconds || 0));
    this.figures.replaceChildren(...[
      ['Received', count(status.received), `${isFirst ? '' : `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s, `}${megabytes(status.receivedBytes)}`],
      ['Turned away', count(total(status.rejected)), reasons(status.rejected) || 'what is no segment'],
      ['Dropped', count(total(status.dropped)), reasons(status.dropped) || 'when memory is full'],
      ['Kernel drops', status.kernelDrops === null ? '–' : count(status.kernelDrops), 'when its buffer is full'],
      ['Memory used', megabytes(used), `of ${megabytes(memory.limitBytes)}`],
      ['Oldest held', duration(oldest), plural(destinations.reduce((sum, each) => Math.max(sum, each.held), 0), 'document')],
    ].map(([title, value, more]) => h('div', {class: 'card'}, h('b', {}, title), h('span', {class: 'big'}, value), h('p', {}, more))));
    return [
      h('h2', {}, 'Ledger'),
      table(['Destination', 'State', ...LEDGER.map(each => each[0])], destinations.map(each => [
        each.name, h('td', {class: 'nowrap'}, each.ready ? 'ready' : 'away'),
        ...LEDGER.map(([, name]) => {
          const value = total(each[name]);
          return h('td', {class: value > 0 && LOSSES.has(name) ? 'figure bad' : 'figure', title: reasons(each[name])}, count(value));
        })])),
      h('h2', {}, 'Calls'),
      table(['Destination', ...CALLS.map(each => each[0]), 'Failed', 'Last delivery'], destinations.map(({name, calls, lastDelivery}) => {
        const failed = calls.throttled + calls.transient + calls.refused + calls.denied;
        return [name, ...CALLS.map(([, key]) => h('td', {class: 'figure'}, count(calls[key] ?? 0))),
          h('td', {class: failed > 0 ? 'figure bad' : 'figure'}, percent(failed, failed + calls.delivered)),
          h('td', {class: 'nowrap'}, lastDelivery ? clock(Date.parse(lastDelivery) / 1000).split('.')[0] : 'never')];
      })),
    ];
  }
}

/** A count, or the sum of counts by reason. */
function total(value) {
  return typeof value === 'number' ? value : Object.values(value || {}).reduce((sum, each) => sum + each, 0);
}

/** Counts by reason that are not zero, as words. */
function reasons(byReason) {
  return typeof byReason === 'number' ? '' : Object.entries(byReason || {}).filter(([, value]) => value > 0)
    .map(([reason, value]) => `${reason.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)} ${count(value)}`).join(', ');
}

/** A table; all columns but those in TEXTS have numbers. */
function table(titles, rows) {
  return h('div', {class: 'scroll'}, h('table', {},
    h('thead', {}, h('tr', {}, titles.map(title => h('th', {scope: 'col', class: !TEXTS.has(title) && 'figure'}, title)))),
    h('tbody', {}, rows.map(row => h('tr', {}, row.map((cell, i) => (cell instanceof Node ? cell : h(i === 0 ? 'th' : 'td', {scope: i === 0 && 'row'}, cell))))))));
}

function lastErrors(list) {
  return [h('h2', {}, 'Last errors'), list.length === 0 ? h('p', {class: 'muted'}, 'None since this sandbox started to ask.')
    : table(['From', 'To', 'What was wrong'], list.map(each => [
      ...[each.first, each.last].map(time => h('td', {class: 'nowrap'}, clock(time).split('.')[0])), h('td', {}, each.reason)]))];
}
