// Response times on a logarithmic axis, stacked by result; a range can be chosen with the pointer.

import {h, s} from './dom.js';
import {duration, plural} from './format.js';

const HEIGHT = 72;
const AXIS = 18;

export class Histogram {
  /** @param onBrush called with the chosen bounds in seconds, or nothing when the choice is cleared */
  constructor(onBrush) {
    this.onBrush = onBrush;
    this.values = [];
    this.svg = s('svg', {class: 'histogram', height: HEIGHT + AXIS, role: 'img', 'aria-label': 'Response times'});
    this.element = h('div', {class: 'histogram-box'}, this.svg);
    this.svg.addEventListener('pointerdown', event => this.begin(event));
    this.svg.addEventListener('dblclick', () => onBrush());
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.element);
  }

  set(values) {
    this.values = values;
    this.draw();
  }

  draw() {
    const padding = parseFloat(getComputedStyle(this.element).paddingLeft) || 0;
    const width = Math.max(0, this.element.clientWidth - 2 * padding);
    const values = this.values.filter(value => value.seconds > 0);
    this.svg.replaceChildren();
    this.svg.setAttribute('width', width);
    if (width < 40 || values.length === 0) {
      return;
    }
    const logs = values.map(value => Math.log10(value.seconds));
    const low = Math.floor(Math.min(...logs) * 4) / 4;
    const high = Math.max(low + 0.5, Math.ceil(Math.max(...logs) * 4 + 0.001) / 4);
    const bins = Array.from({length: Math.max(12, Math.min(80, Math.floor(width / 14)))}, () => [0, 0, 0]);
    values.forEach((value, i) => {
      const at = Math.min(bins.length - 1, Math.floor(((logs[i] - low) / (high - low)) * bins.length));
      bins[at][value.fault ? 2 : value.error ? 1 : 0]++;
    });
    const top = Math.max(...bins.map(bin => bin[0] + bin[1] + bin[2]));
    const step = width / bins.length;
    this.low = low;
    this.high = high;
    this.svg.append(s('line', {x1: 0, x2: width, y1: HEIGHT, y2: HEIGHT, class: 'axis'}));
    bins.forEach((bin, i) => {
      let y = HEIGHT;
      bin.forEach((number, kind) => {
        if (number > 0) {
          // A square root keeps single slow traces visible beside hundreds of fast ones.
          const all = bin[0] + bin[1] + bin[2];
          const height = (Math.max(3, Math.sqrt(all / top) * (HEIGHT - 6)) * number) / all;
          y -= Math.max(2, height);
          this.svg.append(s('rect', {x: i * step + 1, y, width: Math.max(1, step - 2), height: Math.max(2, height), rx: 1.5,
            class: ['bar-ok', 'bar-error', 'bar-fault'][kind]},
          s('title', {}, `${plural(all, 'trace')} from ${duration(this.at(i * step, width))} to ${
            duration(this.at((i + 1) * step, width))}`)));
        }
      });
    });
    for (let power = Math.ceil(low); power <= high; power++) {
      for (const factor of high - low < 1.6 ? [1, 2, 5] : [1, 3]) {
        const log = power + Math.log10(factor);
        const x = ((log - low) / (high - low)) * width;
        if (x > 14 && x < width - 26) {
          this.svg.append(s('text', {x, y: HEIGHT + 13, 'text-anchor': 'middle'}, duration(10 ** log)));
        }
      }
    }
    this.brush = s('rect', {class: 'brush', y: 0, height: HEIGHT, width: 0});
    this.svg.append(this.brush);
    this.svg.setAttribute('aria-label', `Response times of ${plural(values.length, 'trace')}, from ${
      duration(10 ** Math.min(...logs))} to ${duration(10 ** Math.max(...logs))}`);
  }

  at(x, width) {
    return 10 ** (this.low + (Math.max(0, Math.min(1, x / width))) * (this.high - this.low));
  }

  begin(event) {
    const box = this.svg.getBoundingClientRect();
    const from = event.clientX - box.left;
    let to = from;
    const brush = this.brush;
    if (!brush || event.button !== 0) {
      return;
    }
    event.preventDefault();
    this.svg.setPointerCapture(event.pointerId);
    const move = moved => {
      to = moved.clientX - box.left;
      brush.setAttribute('x', Math.min(from, to));
      brush.setAttribute('width', Math.abs(to - from));
    };
    const end = () => {
      this.svg.removeEventListener('pointermove', move);
      if (Math.abs(to - from) > 4) {
        this.onBrush(this.at(Math.min(from, to), box.width), this.at(Math.max(from, to), box.width));
      }
    };
    this.svg.addEventListener('pointermove', move);
    this.svg.addEventListener('pointerup', end, {once: true});
  }

  close() {
    this.observer.disconnect();
  }
}
