// Inside the net of a run: histograms over time, dead neurons, the confusion matrix, the worst mistakes.
import { colour } from '../lib/draw.js';
import { short } from '../lib/numbers.js';
import { choice, el } from '../lib/ui.js';
const d3 = window.d3;

const KINDS = { weights: 'Weights', gradients: 'Gradients', activations: 'Activations' };
const COLUMNS = 160, ROWS = 48;

/** The histograms of one kind in a sample: [{ path, name, low, high, counts }]. */
function histograms(sample, kind) {
  const list = kind === 'activations' ? sample.layers : sample.parameters;
  return list.filter(p => p[kind]).map(p => ({ path: p.path, name: kind === 'activations' ? `${p.path} ${p.layer}` : p.path, ...p[kind] }));
}

/** The card of histograms; `change(kind)` is told. */
export function spreads(course, kind, change) {
  const samples = thinned(course.samples), last = samples.at(-1);
  const head = [el('h2', 'Histograms over time'), choice('Of', Object.entries(KINDS).map(([value, label]) => ({ value, label })), kind, change)];
  if (!last) return [...head, el('p.faint', 'They are taken only while somebody looks at a run that runs: none was.')];
  return [...head,
    el('p.faint', { style: 'font-size:.9rem;margin-top:8px' }, 'From left to right the time, from bottom to top the value: the darker, the more numbers lie there. ',
      kind === 'activations' ? 'What the layers put out for the first 64 training samples.' : kind === 'gradients' ? 'The slopes that a step went down.' : 'The numbers that are learned.'),
    el('div.columns', { style: 'grid-template-columns:repeat(auto-fill,minmax(min(100%,210px),1fr))' }, histograms(last, kind).map(h => picture(samples, kind, h)))];
}

const thinned = samples => {
  const every = Math.ceil(samples.length / COLUMNS);
  return every > 1 ? samples.filter((_, i) => (samples.length - 1 - i) % every === 0) : samples;
};

function picture(samples, kind, last) {
  const all = samples.map(s => (kind === 'activations' ? s.layers : s.parameters).find(p => p.path === last.path)?.[kind]);
  const low = d3.min(all, h => h?.low), high = d3.max(all, h => h?.high), span = high - low || 1;
  const canvas = el('canvas', { role: 'img', style: 'width:100%;height:110px;border:1px solid var(--line);display:block',
    'aria-label': `${KINDS[kind]} of ${last.name}: now from ${short(last.low)} to ${short(last.high)}, most around ${short(most(last))}` });
  canvas.className = 'pixels';
  canvas.width = all.length;
  canvas.height = ROWS;
  const context = canvas.getContext('2d'), mix = d3.interpolateRgb(colour('card'), colour('series-1'));
  all.forEach((h, i) => {
    if (!h) return;
    const top = Math.max(...h.counts), bins = h.counts.length, wide = (h.high - h.low) / bins;
    for (let row = 0; row < ROWS; row++) {
      const value = low + span * (row + 0.5) / ROWS;
      const bin = wide > 0 ? Math.floor((value - h.low) / wide) : Math.abs(value - h.low) <= span / ROWS ? 0 : -1;
      if (bin < 0 || bin >= bins || !h.counts[bin]) continue;
      context.fillStyle = mix(0.12 + 0.88 * Math.sqrt(h.counts[bin] / top));
      context.fillRect(i, ROWS - 1 - row, 1, 1);
    }
  });
  return el('figure', { style: 'margin:0', 'data-path': last.path, 'data-low': String(last.low), 'data-high': String(last.high), 'data-counts': last.counts.join(',') },
    canvas, el('figcaption', { style: 'font-size:.875rem' }, el('strong', last.name), el('br'), el('span.faint', `${short(low)} … ${short(high)}`)));
}

function most(h) {
  const i = h.counts.indexOf(Math.max(...h.counts));
  return h.low + (h.high - h.low) * (i + 0.5) / h.counts.length;
}

/** The card of dead neurons. */
export function dead(course) {
  const sample = course.samples.at(-1), layers = sample?.layers.filter(l => 'dead' in l) || [];
  const head = el('h2', 'Dead neurons');
  if (!layers.length) return [head, el('p.faint', 'They are counted only while somebody looks.')];
  return [head, el('p.faint', { style: 'font-size:.9rem' }, 'Neurons (of pictures: channels) that put out 0 for every one of 64 samples. No error flows back through them: they learn nothing any more.'),
    el('div.scroll', { tabindex: '0', role: 'region', 'aria-label': 'Dead neurons of each layer' }, el('table', el('thead', el('tr', el('th', { scope: 'col' }, 'Layer'), el('th.number', { scope: 'col' }, 'dead'), el('th.number', { scope: 'col' }, 'of'), el('th', { scope: 'col' }, ''))),
      el('tbody', layers.map(l => el('tr', { 'data-layer': l.path, 'data-dead': String(l.dead) }, el('th', { scope: 'row', style: 'font-weight:400' }, `${l.path} ${l.layer}`), el('td.number', String(l.dead)), el('td.number', String(l.units)),
        el('td', { style: 'width:40%' }, el('div.amount', { style: `width:${100 * l.dead / l.units}%;min-width:0;background:var(--bad)`, 'aria-hidden': 'true' }))))))) ];
}

/** The card of the confusion matrix. */
export function confusion(course, classes) {
  const j = course.judged, head = el('h2', 'Which class is taken for which');
  if (!j) return [head, el('p.faint', 'After the first epoch, for runs of classes with validation samples.')];
  if (!j.confusion) return [head, el('p.faint', 'This run predicts values, not classes.')];
  const n = j.classes, name = i => classes[i] ?? String(i), at = (r, c) => j.confusion[n * r + c];
  const right = d3.sum(d3.range(n), i => at(i, i));
  return [head, el('p.faint', { style: 'font-size:.9rem' }, `After epoch ${j.epoch}: ${right.toLocaleString('en')} of ${j.samples.toLocaleString('en')} validation samples are right. Rows: what they are; columns: what the net says.`),
    el('div.scroll', { tabindex: '0', role: 'region', 'aria-label': 'Confusion matrix' }, el('table.tight', { id: 'confusion' },
      el('thead', el('tr', el('th', ''), d3.range(n).map(i => el('th.number', { scope: 'col' }, name(i))))),
      el('tbody', d3.range(n).map(r => {
        const sum = d3.sum(d3.range(n), c => at(r, c)) || 1;
        return el('tr', el('th', { scope: 'row' }, name(r)), d3.range(n).map(c => el('td.number', { style: at(r, c) ? `background:color-mix(in srgb, var(--${r === c ? 'good' : 'bad'}) ${Math.round(6 + 30 * Math.min(1, (r === c ? 1 : 3) * at(r, c) / sum))}%, transparent)` : '' },
          at(r, c) ? String(at(r, c)) : el('span.faint', { 'aria-label': '0' }, '·'))));
      }))))];
}

/** The card of the worst mistakes. */
export function worst(course, classes) {
  const j = course.judged, head = el('h2', 'The worst mistakes');
  if (!j) return [head, el('p.faint', 'After the first epoch, if there are validation samples.')];
  if (!j.worst.length) return [head, el('p', 'None: every validation sample is right.')];
  const name = i => classes[i] ?? String(i);
  const text = m => (j.values ? `is ${short(m.right)}, said ${short(m.found)}` : `is ${name(m.right)}, said ${name(m.found)} (${Math.round(100 * m.error)} % sure)`);
  return [head, el('p.faint', { style: 'font-size:.9rem' }, j.values ? 'The samples with the largest distance between what is right and what the net says.' : 'The validation samples in which the net was surest of a wrong class.'),
    el('div.row', { id: 'worst', style: 'align-items:flex-start' }, j.worst.map(m => el('figure', { style: 'margin:0;width:104px', 'data-sample': String(m.sample), 'data-error': String(m.error) },
      drawn(m, text(m)), el('figcaption', { style: 'font-size:.875rem;line-height:1.3' }, text(m), el('br'), el('span.faint', 'no. ' + m.sample)))))];
}

/** A sample as a picture, if it is one. */
function drawn(m, title) {
  const [channels, rows, columns] = m.shape.length === 3 ? m.shape : m.shape.length === 2 ? [1, ...m.shape] : [0, 0, 0];
  if (!m.input || ![1, 3].includes(channels) || rows < 4 || columns < 4) return null;
  const bytes = Uint8Array.from(atob(m.input), c => c.charCodeAt(0)), area = rows * columns;
  const canvas = el('canvas', { role: 'img', 'aria-label': 'A picture that ' + title, style: 'width:96px;border:1px solid var(--line);display:block' });
  canvas.className = 'pixels';
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext('2d'), image = context.createImageData(columns, rows);
  const paper = d3.rgb(colour('card')), ink = d3.rgb(colour('ink'));
  for (let i = 0; i < area; i++) {
    const v = bytes[i] / 255;
    const c = channels === 3 ? [bytes[i], bytes[area + i], bytes[2 * area + i]] : ['r', 'g', 'b'].map(k => paper[k] + v * (ink[k] - paper[k]));
    image.data.set([...c, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
