// X-Ray filter expressions as lists of terms that are joined by AND, so that facets can add and remove terms.

export function quote(text) {
  return `"${String(text).replace(/[\\"]/g, '\\$&')}"`;
}

/** The terms between top-level ANDs; an expression with a top-level OR is one term. */
export function terms(expression) {
  const found = [];
  let depth = 0;
  let start = 0;
  let hasOr = false;
  const words = /"(?:[^"\\]|\\.)*"|[({[]|[)}\]]|\bAND\b|\bOR\b/gi;
  for (let match = words.exec(expression); match; match = words.exec(expression)) {
    const word = match[0].toUpperCase();
    if ('({['.includes(word)) {
      depth++;
    } else if (')}]'.includes(word)) {
      depth--;
    } else if (depth === 0 && word === 'OR') {
      hasOr = true;
    } else if (depth === 0 && word === 'AND') {
      found.push(expression.slice(start, match.index).trim());
      start = match.index + word.length;
    }
  }
  found.push(expression.slice(start).trim());
  return hasOr ? [`(${expression.trim()})`] : found.filter(term => term !== '');
}

export function has(expression, term) {
  return terms(expression).includes(term);
}

export function toggle(expression, term) {
  const all = terms(expression);
  return (all.includes(term) ? all.filter(other => other !== term) : [...all, term]).join(' AND ');
}

/** The expression with all comparisons of a keyword replaced by new terms. */
export function replace(expression, keyword, newTerms) {
  const others = terms(expression).filter(term => !new RegExp(`^${keyword}\\s*[<>=!]`, 'i').test(term));
  return [...others, ...newTerms].join(' AND ');
}

/** The bound that an expression sets for a keyword, or undefined. */
export function bound(expression, keyword, operator) {
  for (const term of terms(expression)) {
    const match = new RegExp(`^${keyword}\\s*${operator}=?\\s*([0-9.eE+-]+)$`, 'i').exec(term);
    if (match) {
      return Number(match[1]);
    }
  }
  return undefined;
}

export function annotation(key, value) {
  const name = /^[A-Za-z0-9_]+$/.test(key) ? `annotation.${key}` : `annotation[${quote(key)}]`;
  return `${name} = ${typeof value === 'string' ? quote(value) : value}`;
}
