// A real network trained in several ways: loss against steps, samples seen, time and memory.
import { listen, post } from '../lib/api.js';
import { legend, lines, series } from '../lib/draw.js';
import { short } from '../lib/numbers.js';
import { dot, format, label, parse, rows } from '../lib/runners.js';
import { el, say, slider } from '../lib/ui.js';

const USUAL = 'sgd_0.5_0*sgd_0.01_1*sgd_0.2_32*momentum_0.05_32*adam_0.003_32';
let remembered = { key: '', results: [] }; // the last race, so that another theme does not lose it

/** The card; `stop` ends a race that is under way. */
export function training(current, choices, keep) {
  const list = parse(current.training || USUAL, choices.optimizers);
  const results = el('div.stack'), won = el('div', { id: 'won', 'aria-live': 'polite' }), box = el('section.card.stack', { id: 'training', 'aria-busy': 'false' });
  let end = null;
  const key = () => [current.samples, current.passes, current.seed, format(list)].join(' ');
  const stop = () => {
    end?.();
    end = null;
    begin.textContent = 'Start the race';
    box.setAttribute('aria-busy', 'false');
  };
  const changed = () => {
    stop();
    current.training = format(list) === USUAL ? '' : format(list);
    keep();
    recall();
  };
  const recall = () => {
    const known = remembered.key === key() ? remembered.results : [];
    draw(results, known, list);
    tell(won, known, list);
  };
  const start = async () => {
    box.setAttribute('aria-busy', 'true');
    begin.textContent = 'Stop';
    const mine = remembered = { key: key(), results: [] };
    const { session } = await post('/api/descent/training', { samples: current.samples, epochs: current.passes, seed: current.seed, entrants: list })
      .catch(e => { stop(); throw e; });
    if (mine !== remembered || box.getAttribute('aria-busy') === 'false') return;
    let waiting = 0;
    const soon = () => { waiting ||= requestAnimationFrame(() => { waiting = 0; draw(results, mine.results, list); }); };
    end = listen('/api/descent/training/events', { session }, {
      start: s => { mine.results[s.runner] = { ...s, points: [] }; soon(); },
      point: p => { mine.results[p.runner].points.push(p); soon(); },
      refused: r => { say(r.message); stop(); },
      end: () => { stop(); recall(); },
    });
  };
  const begin = el('button.main', { onclick: () => (box.getAttribute('aria-busy') === 'true' ? stop() : start()) }, 'Start the race');
  const batches = [{ value: '0', label: 'all' }, ...[1, 8, 32, 128].map(v => ({ value: String(v), label: v === 1 ? '1 sample' : v + ' samples' }))];
  const rate = o => choices.training.find(r => r.optimizer === o).rate;
  const set = k => v => { current[k] = v; changed(); };
  box.append(el('h2', 'A real network: why mini-batches win'),
    el('p', 'The same network (784 → 32 → 10) learns to read the same handwritten digits, from the same initial weights, in several ways. One after the other, so that none takes another\'s time. '
      + 'A pass over all digits costs each the same arithmetic. What differs: how often it changes the weights, and how much it must hold in memory at once.'),
    el('div.columns', el('div.stack', slider('Digits', current.samples, { min: 200, max: 4000, step: 200 }, set('samples')), slider('Passes over them', current.passes, { min: 1, max: 10 }, set('passes')), begin),
      rows({ list, optimizers: choices.optimizers, batches, rate, change: changed }).box),
    results, won);
  recall();
  return { box, stop };
}

function draw(box, results, list) {
  const known = runs(results);
  if (!known.length) { box.replaceChildren(); return; }
  const names = known.map(r => ({ name: label(list[r.i]), colour: series(r.i) }));
  const chart = (heading, of, xLabel, xLog) => el('figure', { style: 'margin:0' }, el('figcaption', 'Loss against ' + heading),
    lines({ lines: known.map((r, k) => ({ ...names[k], x: r.points.map(of), y: r.points.map(p => p.loss) })).map(l => (xLog ? { ...l, x: l.x.slice(1), y: l.y.slice(1) } : l)).filter(l => l.x.length),
      width: 400, height: 270, xLabel, xLog, yDomain: [0, Math.max(...known.map(r => r.points[0].loss)) * 1.2], title: 'Loss against ' + heading }));
  const most = Math.max(...known.map(r => r.bytes));
  const started = known.some(r => r.points.length > 1);
  box.replaceChildren(
    legend(names),
    ...(started ? [el('div.columns', chart('steps', p => p.updates, 'changes of the weights', true), chart('samples seen', p => p.samples, 'samples seen', false), chart('time', p => p.seconds, 'seconds', false))] : []),
    el('div.scroll', { tabindex: '0', role: 'region', 'aria-label': 'The race in numbers' }, el('table', { id: 'trained' },
      el('thead', el('tr', ['Way', 'steps', 'samples seen', 'seconds', 'loss', 'memory of a step'].map((h, i) => el(i && i < 5 ? 'th.number' : 'th', { scope: 'col' }, h)))),
      el('tbody', known.map(r => el('tr', { 'data-loss': r.last.loss },
        el('th', { scope: 'row', style: 'font-weight:400' }, dot(r.i), ' ', label(list[r.i])),
        el('td.number', r.last.updates.toLocaleString('en')), el('td.number', r.last.samples.toLocaleString('en')), el('td.number', r.last.seconds.toFixed(2)), el('td.number', short(r.last.loss)),
        el('td', { style: 'min-width:150px' }, bytes(r.bytes), el('div.amount', { style: `width:${Math.max(1, 100 * r.bytes / most)}%`, 'aria-hidden': 'true' }))))))));
}

const runs = results => results.map((r, i) => ({ ...r, i, last: r.points.at(-1) })).filter(r => r.last);

/** What there is to learn from it. */
function tell(box, results, list) {
  const done = runs(results).filter(r => r.points.length > 1), ofSize = test => done.filter(r => test(list[r.i].batch)).sort((a, b) => a.last.loss - b.last.loss)[0];
  const all = ofSize(b => b === 0), one = ofSize(b => b === 1), few = ofSize(b => b > 1);
  const told = r => `${r.last.updates.toLocaleString('en')} ${r.last.updates === 1 ? 'step' : 'steps'} in ${r.last.seconds.toFixed(2)} s, loss ${short(r.last.loss)}, ${bytes(r.bytes)} a step`;
  box.replaceChildren(...(all && few ? [
    el('p', el('strong', `${label(list[few.i])}: `), told(few), '.'),
    el('p', el('strong', 'All samples at once: '), told(all), '. The slope is exact, but all that work and memory is for a single step.'),
    ...(one ? [el('p', el('strong', 'One sample at a time: '), told(one), '. The least memory and the most steps, but each is a guess, and the processor, which could take many samples at once, gets one.')] : []),
  ] : []));
}

const bytes = b => (b < 1 << 20 ? Math.round(b / 1024).toLocaleString('en') + ' kB' : (b / 1048576).toFixed(1) + ' MB');
