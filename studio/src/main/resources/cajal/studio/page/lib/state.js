// The page's state lives in the address: #/page?key=value…, so that a link shows the same.
let known = parse();
const listeners = new Set();

function parse() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  return { page: path || 'home', values: Object.fromEntries(new URLSearchParams(query || '')) };
}

/** The page's name, and the values in the address with their defaults. */
export const page = () => known.page;
export function values(defaults) {
  const all = { ...defaults };
  for (const key of Object.keys(defaults)) {
    if (!(key in known.values)) continue;
    const text = known.values[key], standard = defaults[key];
    all[key] = typeof standard === 'number' ? (Number.isFinite(Number(text)) ? Number(text) : standard)
      : typeof standard === 'boolean' ? text === 'true' : text;
  }
  return all;
}

/** Writes values into the address, without those that are the defaults and without a new entry in the history. */
export function keep(current, defaults) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(current)) {
    if (key in defaults && String(value) !== String(defaults[key])) query.set(key, value);
  }
  const text = query.toString();
  history.replaceState(null, '', '#/' + known.page + (text ? '?' + text : ''));
  known = parse();
}

export function onChange(listener) { listeners.add(listener); }

addEventListener('hashchange', () => {
  const before = known.page;
  known = parse();
  for (const listener of listeners) listener(before !== known.page);
});
