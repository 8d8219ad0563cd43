// Numbers and times as text.

export function duration(seconds) {
  if (!(seconds >= 0)) {
    return '–';
  }
  if (seconds === 0) {
    return '0 ms';
  }
  if (seconds < 0.001) {
    return `${Math.round(seconds * 1e6)} µs`;
  }
  if (seconds < 0.01) {
    return `${(seconds * 1e3).toFixed(1)} ms`;
  }
  if (seconds < 1) {
    return `${Math.round(seconds * 1e3)} ms`;
  }
  if (seconds < 60) {
    return `${seconds.toFixed(2)} s`;
  }
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

const TIME = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});
const DATE = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'medium'});

export function clock(epochSeconds) {
  const millis = Math.floor(epochSeconds * 1000) % 1000;
  return isDate(epochSeconds) ? `${TIME.format(epochSeconds * 1000)}.${String(millis).padStart(3, '0')}` : '–';
}

export function dateTime(epochSeconds) {
  return isDate(epochSeconds) ? DATE.format(epochSeconds * 1000) : String(epochSeconds);
}

function isDate(epochSeconds) {
  return epochSeconds > 0 && epochSeconds < 8.64e12;
}

export function count(number) {
  return number.toLocaleString('en');
}

export function plural(number, word) {
  return `${count(number)} ${word}${number === 1 ? '' : 's'}`;
}

/** Pixels at the size of text that the window has; 14 is the usual one. */
export function scaled(pixels) {
  return Math.round((pixels * parseFloat(getComputedStyle(document.documentElement).fontSize)) / 14);
}

export function percent(part, whole) {
  if (!whole || !part) {
    return '0 %';
  }
  const value = (100 * part) / whole;
  return `${value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}

export function rate(number, seconds) {
  const value = number / Math.max(seconds, 1);
  return value < 0.05 ? `${(value * 60).toFixed(1)}/min` : `${value < 10 ? value.toFixed(1) : Math.round(value)}/s`;
}

export function megabytes(bytes) {
  return `${(bytes / 1048576).toFixed(1)} MB`;
}

/** What follows the host of a URL, without the query. */
export function path(url) {
  const match = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url || '');
  const found = match ? match[1] || '/' : String(url || '').split(/[?#]/)[0];
  try {
    return decodeURI(found);
  } catch {
    return found;
  }
}

const COLOURS = 8;
const names = new Map();

/** One of eight colours, the same for a name everywhere; names take the same one only when there are more than eight. */
export function colour(name) {
  let at = names.get(name);
  if (at === undefined) {
    at = 7;
    for (let i = 0; i < name.length; i++) {
      at = (at * 31 + name.charCodeAt(i)) >>> 0;
    }
    at %= COLOURS;
    const taken = new Set(names.values());
    for (let i = 0; i < COLOURS && taken.has(at); i++) {
      at = (at + 1) % COLOURS;
    }
    if (names.size < 1000) {
      names.set(name, at);
    }
  }
  return `c${at}`;
}
