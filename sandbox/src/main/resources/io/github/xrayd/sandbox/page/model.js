// A trace as a tree, from its documents.

/** How often a flag was seen at or below a node, so that a collapsed row shows what it hides. */
function state(fields) {
  return fields.fault === true ? 'fault' : fields.throttle === true ? 'throttle' : fields.error === true ? 'error' : 'ok';
}

function number(value) {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function text(value) {
  return typeof value === 'string' ? value : '';
}

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function object(value) {
  return isObject(value) ? value : {};
}

function node(fields, isSubsegment, parent) {
  const start = number(fields.start_time) ?? parent?.start ?? 0;
  const end = number(fields.end_time);
  return {
    id: text(fields.id), name: text(fields.name) || '(no name)', fields, isSubsegment, parent, children: [],
    start, end: Math.max(start, end ?? start), isInProgress: end === undefined && fields.in_progress === true,
    state: state(fields), depth: 0, problems: 0, critical: [], service: '',
  };
}

/** @param documents the texts of the segment documents, one for each id */
export function build(documents) {
  const tops = [];
  const byId = new Map();
  for (const document of documents) {
    let parsed;
    try {
      parsed = JSON.parse(document);
    } catch {
      continue;
    }
    for (const fields of Array.isArray(parsed) ? parsed : [parsed]) {
      if (isObject(fields)) {
        const top = node(fields, fields.type === 'subsegment', undefined);
        tops.push(top);
        nest(top, byId);
      }
    }
  }
  const roots = [];
  for (const top of tops) {
    const parent = byId.get(text(top.fields.parent_id));
    if (parent && !isBelow(parent, top)) {
      top.parent = parent;
      parent.children.push(top);
    } else {
      roots.push(top);
    }
  }
  roots.sort((a, b) => a.start - b.start);
  const nodes = walk(roots);
  const trace = {roots, nodes, start: Infinity, end: 0, problems: [], services: new Map()};
  for (const each of nodes) {
    each.depth = each.parent ? each.parent.depth + 1 : 0;
    each.service = each.isSubsegment ? each.parent?.service ?? each.name : each.name;
    trace.start = Math.min(trace.start, each.start);
    trace.end = Math.max(trace.end, each.end);
    if (each.state !== 'ok') {
      trace.problems.push(each);
    }
    if (!each.isSubsegment) {
      trace.services.set(each.name, (trace.services.get(each.name) || 0) + 1);
    }
  }
  for (let i = nodes.length - 1; i >= 0; i--) {
    nodes[i].problems += nodes[i].state === 'ok' ? 0 : 1;
    if (nodes[i].parent) {
      nodes[i].parent.problems += nodes[i].problems;
    }
  }
  trace.start = Number.isFinite(trace.start) ? trace.start : 0;
  // A segment in progress has no end yet: its bar reaches the end of what is known.
  for (const each of nodes) {
    each.shownEnd = each.isInProgress ? trace.end : each.end;
  }
  trace.root = roots.find(root => !root.isSubsegment && !root.fields.parent_id) || roots[0];
  if (trace.root) {
    markCriticalPath(trace.root);
  }
  return trace;
}

function nest(top, byId) {
  const open = [top];
  while (open.length > 0) {
    const current = open.pop();
    if (current.id && !byId.has(current.id)) {
      byId.set(current.id, current);
    }
    for (const fields of Array.isArray(current.fields.subsegments) ? current.fields.subsegments : []) {
      if (isObject(fields)) {
        const child = node(fields, true, current);
        current.children.push(child);
        open.push(child);
      }
    }
  }
}

function isBelow(candidate, above) {
  for (let at = candidate; at; at = at.parent) {
    if (at === above) {
      return true;
    }
  }
  return false;
}

/** All nodes, parents first, in the order of their start; `isOpen` tells whose children are left out. */
export function walk(roots, isOpen = () => true) {
  const found = [];
  const open = [...roots].reverse();
  while (open.length > 0) {
    const current = open.pop();
    found.push(current);
    if (isOpen(current)) {
      current.children.sort((a, b) => a.start - b.start);
      for (let i = current.children.length - 1; i >= 0; i--) {
        open.push(current.children[i]);
      }
    }
  }
  return found;
}

/** Marks the work without which the root would have ended earlier: from its end back, the child that ended last, and so on. */
function markCriticalPath(root) {
  const open = [[root, root.end]];
  while (open.length > 0) {
    const [current, until] = open.pop();
    let cursor = Math.min(until, current.end);
    for (const child of [...current.children].sort((a, b) => b.end - a.end)) {
      const end = Math.min(child.end, cursor);
      if (end > child.start && child.start < cursor && end > current.start) {
        if (cursor > end) {
          current.critical.push([end, cursor]);
        }
        open.push([child, end]);
        cursor = Math.max(child.start, current.start);
      }
    }
    if (cursor > current.start) {
      current.critical.push([current.start, cursor]);
    }
  }
}

export function criticalSeconds(each) {
  return each.critical.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** A few words that tell calls of one name apart. */
export function hint(each) {
  const request = object(object(each.fields.http).request);
  const aws = object(each.fields.aws);
  const sql = object(each.fields.sql);
  const status = object(object(each.fields.http).response).status;
  if (typeof request.url === 'string' || typeof request.method === 'string') {
    return {method: text(request.method), url: text(request.url), status: number(status)};
  }
  const words = text(aws.operation) + (text(aws.table_name) ? ` ${text(aws.table_name)}` : '');
  return {words: words || text(sql.sanitized_query).slice(0, 120), status: number(status)};
}
