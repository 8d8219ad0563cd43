// Builds elements. Text is set as text only: no function here parses markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) {
      continue;
    }
    if (key === 'on') {
      for (const [type, listener] of Object.entries(value)) {
        element.addEventListener(type, listener);
      }
    } else if (key === 'value' || key === 'checked' || key === 'disabled' || key === 'hidden') {
      element[key] = value;
    } else {
      element.setAttribute(key, value === true ? '' : String(value));
    }
  }
  element.append(...children.flat(Infinity).filter(child => child !== undefined && child !== null && child !== false)
    .map(child => (child instanceof Node ? child : String(child))));
  return element;
}

export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** What stands in place of content that is not there: a title, and what to do. */
export function placeholder(title, ...children) {
  return h('div', {class: 'empty'}, h('h2', {}, title), ...children);
}

export function byId(id) {
  return document.getElementById(id);
}

/** Announces a result to screen readers. */
export function announce(text) {
  byId('status').textContent = text;
}

let toastTimer = 0;

/** Shows a short message that goes away. */
export function toast(text) {
  const element = byId('toast');
  element.textContent = text;
  element.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { element.hidden = true; }, 4000);
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied`);
  } catch (e) {
    const area = h('textarea', {class: 'visually-hidden', 'aria-hidden': 'true'});
    area.value = text;
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand('copy');
    area.remove();
    toast(isCopied ? `${what} copied` : `The browser does not allow to copy: ${e.message}`);
  }
}

/** Offers a text as a file. */
export function download(text, name) {
  const url = URL.createObjectURL(new Blob([text], {type: 'application/json'}));
  const link = h('a', {href: url, download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** JSON from the sandbox; a refusal is thrown with its message and the position in the request's text. */
export async function request(path, method = 'GET', body = undefined) {
  const response = await fetch(path, {method, body: body === undefined ? undefined : JSON.stringify(body)}).catch(() => {
    throw new Error('The sandbox does not answer. Is it still running?');
  });
  const json = await response.json().catch(() => ({}));
  if (!response.ok) {
    const error = new Error(json.message || `The sandbox answered ${response.status}`);
    error.position = json.position ?? -1;
    throw error;
  }
  return json;
}
