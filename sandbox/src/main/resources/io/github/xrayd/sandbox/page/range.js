// How far back the list and the map look, as an address of the page says it.

export const RANGES = [['', 'All kept'], ['60', 'Last minute'], ['300', 'Last 5 minutes'], ['900', 'Last 15 minutes'],
  ['3600', 'Last hour'], ['21600', 'Last 6 hours']];

/** Whether it is one of those. */
export function isRange(range) {
  return RANGES.some(([value]) => value === range);
}

/** Throws when an address has a range that is none of those. */
export function checkRange(range) {
  if (!isRange(range)) {
    throw new Error(`The address has range=${range}, which is no time range: use ${
      RANGES.map(([value]) => value).filter(Boolean).join(', ')} (seconds), or choose one beside the search field.`);
  }
}
