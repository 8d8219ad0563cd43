// A list of equally high rows of which only the visible ones exist as elements.

import {h} from './dom.js';

const EXTRA = 6;

export class Rows {
  /**
   * @param options role and label of the list; rowHeight() in pixels; fill(element, index) draws a row; onSelect(index);
   *   onOpen(index)
   */
  constructor(options) {
    this.options = options;
    this.count = 0;
    this.selected = -1;
    this.pool = new Map();
    this.sizer = h('div', {class: 'sizer', role: 'presentation'});
    this.host = h('div', {
      class: `rows ${options.className || ''}`, role: options.role, tabindex: 0, 'aria-label': options.label,
    }, this.sizer);
    this.host.addEventListener('scroll', () => this.schedule(), {passive: true});
    this.host.addEventListener('click', event => this.onClick(event));
    this.observer = new ResizeObserver(() => this.refresh());
    this.observer.observe(this.host);
  }

  onClick(event) {
    const row = event.target.closest('[data-index]');
    if (row && !event.defaultPrevented) {
      this.select(Number(row.dataset.index));
      this.options.onOpen?.(this.selected, event);
    }
  }

  schedule() {
    if (!this.frame) {
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.draw(false);
      });
    }
  }

  setCount(count) {
    this.count = count;
    this.selected = Math.min(this.selected, count - 1);
    this.host.setAttribute('aria-rowcount', String(count));
    this.refresh();
  }

  /** Draws every visible row anew. */
  refresh() {
    this.height = this.options.rowHeight();
    this.sizer.style.height = `${this.count * this.height}px`;
    this.draw(true);
  }

  draw(isForced) {
    const first = Math.max(0, Math.floor(this.host.scrollTop / this.height) - EXTRA);
    const last = Math.min(this.count, Math.ceil((this.host.scrollTop + this.visibleHeight()) / this.height) + EXTRA);
    for (const [index, element] of this.pool) {
      if (index < first || index >= last) {
        element.remove();
        this.pool.delete(index);
      }
    }
    for (let index = first; index < last; index++) {
      let element = this.pool.get(index);
      const isNew = !element;
      if (isNew) {
        element = h('div', {class: 'row', role: 'row', 'data-index': index, id: `${this.options.idPrefix}${index}`,
          'aria-rowindex': index + 1});
        this.pool.set(index, element);
        this.sizer.append(element);
      }
      if (isNew || isForced) {
        element.style.transform = `translateY(${index * this.height}px)`;
        element.style.height = `${this.height}px`;
        this.options.fill(element, index);
      }
      const isSelected = index === this.selected;
      element.classList.toggle('selected', isSelected);
      element.setAttribute('aria-selected', String(isSelected));
    }
    if (this.selected >= first && this.selected < last) {
      this.host.setAttribute('aria-activedescendant', `${this.options.idPrefix}${this.selected}`);
    } else {
      this.host.removeAttribute('aria-activedescendant');
    }
  }

  /** Selects a row and scrolls it into view. */
  select(index) {
    if (this.count === 0) {
      return;
    }
    this.selected = Math.max(0, Math.min(index, this.count - 1));
    const top = this.selected * this.height;
    if (top < this.host.scrollTop) {
      this.host.scrollTop = top;
    } else if (top + this.height > this.host.scrollTop + this.visibleHeight()) {
      this.host.scrollTop = top + this.height - this.visibleHeight();
    }
    this.draw(false);
    this.options.onSelect?.(this.selected);
  }

  move(steps) {
    this.select(this.selected < 0 ? 0 : this.selected + steps);
  }

  /** The height for rows, in pixels: a head above them stays in view. */
  visibleHeight() {
    return this.host.clientHeight - this.sizer.offsetTop;
  }

  page() {
    return Math.max(1, Math.floor(this.visibleHeight() / this.height) - 1);
  }

  close() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
  }
}
