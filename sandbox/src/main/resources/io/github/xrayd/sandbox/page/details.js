// The details of one segment or subsegment.

import {copy, h} from './dom.js';
import {annotation, quote} from './expression.js';
import {clock, dateTime, duration, plural} from './format.js';
import {criticalSeconds, object} from './model.js';

const VALUE_LENGTH_MAX = 20000;
const RAW_LENGTH_MAX = 200000;
const KNOWN = new Set(['subsegments', 'http', 'sql', 'aws', 'cause', 'annotations', 'metadata', 'links', 'precursor_ids']);

function shown(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text;
}

function section(title, ...children) {
  return h('section', {}, h('h3', {}, title), ...children);
}

/** A key that may be broken into lines behind its dots and underscores. */
function breakable(key) {
  return key.split(/(?<=[._])/).flatMap((part, i) => (i === 0 ? [part] : [h('wbr'), part]));
}

/** Names and values; an object within is flattened with dots. */
function list(fields, prefix = '') {
  const entries = [];
  for (const [key, value] of Object.entries(fields)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      entries.push(...list(value, `${prefix}${key}.`));
    } else {
      entries.push(h('dt', {}, breakable(prefix + key)), h('dd', {}, shown(value)));
    }
  }
  return entries;
}

function table(fields) {
  return h('dl', {class: 'fields'}, list(object(fields)));
}

function exceptions(cause, view) {
  if (typeof cause === 'string') {
    return [h('p', {}, 'The same exception as ', h('code', {}, cause), '.')];
  }
  const all = Array.isArray(object(cause).exceptions) ? cause.exceptions.map(object) : [];
  return all.map(exception => h('div', {class: 'exception'},
    h('div', {class: 'exception-type'}, String(exception.type ?? 'Exception'), exception.remote === true && h('span', {class: 'muted'}, ' remote')),
    h('div', {}, shown(exception.message ?? '')),
    typeof exception.cause === 'string' && h('div', {class: 'muted'}, 'caused by ', h('code', {}, exception.cause)),
    Array.isArray(exception.stack) && exception.stack.length > 0 && h('ol', {class: 'stack'}, exception.stack.map(object).map(frame =>
      h('li', {}, h('span', {}, shown(frame.label ?? '?')), h('span', {class: 'muted'}, ` ${shown(frame.path ?? '')}${
        frame.line === undefined ? '' : `:${shown(frame.line)}`}`)))),
    typeof exception.truncated === 'number' && exception.truncated > 0
      && h('div', {class: 'muted'}, plural(exception.truncated, 'more frame'))));
}

function links(fields, view) {
  return h('ul', {}, fields.map(object).map(link => h('li', {},
    h('a', {href: `#/trace/${encodeURIComponent(String(link.trace_id ?? ''))}`}, String(link.trace_id ?? '?')),
    ` ${String(link.id ?? '')}`)));
}

export function drawDetails(element, each, view) {
  const fields = each.fields;
  const {subsegments, ...own} = fields;
  const others = Object.fromEntries(Object.entries(own).filter(([key]) => !KNOWN.has(key)));
  const raw = JSON.stringify(own, null, 2);
  const annotations = object(fields.annotations);
  const parts = [
    h('h2', {}, each.name),
    h('p', {class: 'facts'},
      h('span', {class: `badge ${each.isInProgress ? 'progress' : each.state}`}, each.isInProgress ? 'in progress' : each.state),
      h('span', {}, each.isSubsegment ? 'subsegment of ' : 'segment of ', each.service)),
    h('dl', {class: 'fields'},
      h('dt', {}, 'Duration'), h('dd', {}, each.isInProgress ? 'in progress' : duration(each.end - each.start)),
      h('dt', {}, 'Starts'), h('dd', {title: dateTime(each.start)}, each.start === view.trace.start
        ? clock(each.start) : `${clock(each.start)}, after ${duration(each.start - view.trace.start)}`),
      each.critical.length > 0 && [h('dt', {}, 'Own critical time'), h('dd', {}, duration(criticalSeconds(each)))],
      each.children.length > 0 && [h('dt', {}, 'Calls'), h('dd', {}, String(each.children.length))]),
    h('div', {class: 'actions'},
      h('button', {on: {click: () => view.app.list.setFilter(`service(${quote(each.isSubsegment ? each.service : each.name)})`)}}, 'Traces of this service'),
      h('button', {on: {click: () => copy(JSON.stringify(fields, null, 2), 'Segment')}}, 'Copy as JSON')),
  ];
  if (fields.cause !== undefined) {
    parts.push(section('Exceptions', ...exceptions(fields.cause, view)));
  }
  if (fields.http !== undefined) {
    parts.push(section('HTTP', table(fields.http)));
  }
  if (fields.sql !== undefined) {
    const {sanitized_query: query, ...sql} = object(fields.sql);
    parts.push(section('SQL', query !== undefined && h('pre', {class: 'sql'}, shown(query)), table(sql)));
  }
  if (fields.aws !== undefined) {
    parts.push(section('AWS', table(fields.aws)));
  }
  if (Object.keys(annotations).length > 0) {
    parts.push(section('Annotations', h('dl', {class: 'fields'}, Object.entries(annotations).map(([key, value]) => [
      h('dt', {}, key), h('dd', {}, h('button', {class: 'link', title: 'Traces with this annotation',
        on: {click: () => view.app.list.setFilter(annotation(key, value))}}, shown(value)))]))));
  }
  if (Object.keys(object(fields.metadata)).length > 0) {
    parts.push(section('Metadata', Object.entries(fields.metadata).map(([namespace, value]) =>
      h('details', {open: true}, h('summary', {}, namespace), h('pre', {}, shown(JSON.stringify(value, null, 2)))))));
  }
  if (Array.isArray(fields.links) && fields.links.length > 0) {
    parts.push(section('Links', links(fields.links, view)));
  }
  parts.push(section('Other fields', table(others)),
    h('section', {}, h('details', {class: 'raw'}, h('summary', {}, 'Raw JSON'),
      h('pre', {}, raw.length > RAW_LENGTH_MAX ? `${raw.slice(0, RAW_LENGTH_MAX)}…` : raw))));
  element.replaceChildren(...parts);
  element.scrollTop = 0;
}
