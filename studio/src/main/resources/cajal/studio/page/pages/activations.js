// Activations: the curve, its derivative, and a deep stack of layers.
import { get, ignoreAborted, newest } from '../lib/api.js';
import { bars, colour, legend, lines } from '../lib/draw.js';
import { decode, short } from '../lib/numbers.js';
import * as state from '../lib/state.js';
import { choice, el, slider } from '../lib/ui.js';

export const title = 'Activations';
const fresh = newest();
const DEFAULTS = { name: 'relu', range: 6, init: 'xavier-uniform', depth: 10 };

export async function show(main) {
  const current = state.values(DEFAULTS);
  const { activations, inits } = await get('/api/activations');
  const curve = el('section.card'), stack = el('section.card');
  const change = key => async value => {
    current[key] = value;
    state.keep(current, DEFAULTS);
    await draw(current, curve, stack).catch(ignoreAborted);
  };
  main.append(el('div.with-side',
    el('section.card.stack',
      el('h1', 'Activations'),
      el('p.faint', 'Without something that bends, any number of layers is one straight line.'),
      choice('Activation', activations, current.name, change('name')),
      slider('Range', current.range, { min: 1, max: 20, text: v => '±' + v }, change('range')),
      choice('Initial weights', inits, current.init, change('init')),
      slider('Layers', current.depth, { min: 2, max: 30 }, change('depth'))),
    el('div.stack', curve, stack)));
  await draw(current, curve, stack);
}

async function draw(current, curve, stack) {
  const signal = fresh();
  stack.setAttribute('aria-busy', 'true');
  const [c, s] = await Promise.all([
    get('/api/activations/curve', { name: current.name, range: current.range }, signal),
    get('/api/activations/stack', { activation: current.name, init: current.init, depth: current.depth }, signal),
  ]);
  const x = decode(c.x), y = decode(c.y), slope = decode(c.slope);
  const flat = slope.filter(v => Math.abs(v) < 0.01).length / slope.length;
  const entries = [{ name: 'f(x)', colour: colour('series-1') }, { name: "f'(x), what the error is multiplied by on its way back", colour: colour('series-2'), dash: '5 4' }];
  curve.replaceChildren(
    el('h2', current.name, ' ', el('code.faint', c.formula)),
    lines({ lines: [{ x, y, ...entries[0] }, { x, y: slope, ...entries[1] }], xLabel: 'x', title: current.name + ' and its derivative' }),
    legend(entries),
    el('p.faint', { id: 'flat' }, `Over ${Math.round(100 * flat)} % of this range the slope is below 0.01: a neuron there hardly learns.`));
  const spread = (name, list, fill) => el('div.columns', { style: 'grid-template-columns:repeat(auto-fit,minmax(92px,1fr))' },
    list.map(l => el('figure', { style: 'margin:0' },
      bars({ counts: decode(l.counts), fill, title: `${name} of layer ${l.layer}: standard deviation ${short(l.deviation)}` }),
      el('figcaption.faint', { style: 'font-size:.8rem' }, `${l.layer}: σ ${short(l.deviation)}`,
        l.zeros > 0.05 ? `, ${Math.round(100 * l.zeros)} % are 0` : ''))));
  const ratio = s.activations.at(-1).deviation / s.activations[0].deviation;
  const back = s.gradients[0].deviation / s.gradients.at(-1).deviation;
  const verdict = r => !(r < 20) ? 'explodes' : r < 0.05 ? 'vanishes' : 'holds';
  stack.replaceChildren(
    el('h2', 'Through ', String(current.depth), ' layers of 128 neurons'),
    el('p', { id: 'verdict' }, 'Going forward, what flows ', el('strong', verdict(ratio)), ` (× ${short(ratio)} from the first layer to the last); going back, the error `,
      el('strong', verdict(back)), ` (× ${short(back)}).`),
    el('h2', 'Activations'), spread('activations', s.activations, colour('series-1')),
    el('h2', { style: 'margin-top:12px' }, 'Gradients'), spread('gradients', s.gradients, colour('series-2')));
  stack.setAttribute('aria-busy', 'false');
}
