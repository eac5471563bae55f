// A tensor of a model: figures, histogram, picture.
import { get } from '../lib/api.js';
import { bars } from '../lib/draw.js';
import { heat, most, sheet } from '../lib/heat.js';
import { decode, percent, short } from '../lib/numbers.js';
import { el } from '../lib/ui.js';

const MOST = 480;

function join(texts) {
  const pieces = texts.map(decode), all = new Float32Array(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of pieces) { all.set(p, at); at += p.length; }
  return all;
}

function picture(figures) {
  const p = figures.picture, values = join(p.values);
  if (!values.length) return el('p.faint', p.says);
  const scale = heat(), range = most(values), gap = p.across > 1 || values.length > p.rows * p.columns ? 1 : 0;
  const canvas = sheet(values, p.rows, p.columns, p.across, scale, range, gap);
  const wide = Math.min(MOST, canvas.width * Math.max(1, Math.min(20, Math.floor(Math.min(MOST / canvas.width, 420 / canvas.height)) || 1)));
  canvas.style.cssText = `width:${wide}px;max-width:100%;height:auto;border:1px solid var(--line)`;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `The weights ${figures.name} as a picture. ${p.says}`);
  return el('figure', { style: 'margin:8px 0 0' }, canvas,
    el('figcaption.faint', p.says, ` Blue is below 0, orange above; the strongest colour is ±${short(range)}.`));
}

/** The card of a tensor. */
export async function weights(model, name, signal) {
  const f = await get('/api/model/tensor', { model, name }, signal);
  const fact = (what, value) => el('div', el('dt.faint', what), el('dd', value));
  return el('section.weights', { 'data-tensor': name },
    el('h3', el('code', name), ' ', el('span.faint', `${f.shape} ${f.type}`)),
    el('dl.facts',
      fact('numbers', f.size.toLocaleString('en')), fact('mean', short(f.mean)), fact('standard deviation', short(f.deviation)),
      fact('lowest', short(f.min)), fact('highest', short(f.max)), fact('exactly 0', percent(f.zeros)),
      f.finite < f.size && fact('no numbers (NaN, ∞)', (f.size - f.finite).toLocaleString('en'))),
    f.finite > 1 && el('figure', { style: 'margin:0;max-width:420px' },
      bars({ counts: decode(f.counts), width: 420, height: 70, title: `Histogram of ${name}, from ${short(f.min)} to ${short(f.max)}` }),
      el('figcaption.row.spread.faint', { style: 'flex-wrap:nowrap;font-size:.875rem' }, el('span', short(f.min)), el('span', 'how many have which value'), el('span', short(f.max)))),
    picture(f));
}
