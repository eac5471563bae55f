// Who races: optimiser, rate and batch size, as a text in the address and as rows that can be changed.
import { series } from './draw.js';
import { el } from './ui.js';

export const MOST = 6;

/** 'sgd_0.3_0*adam_0.1_8' as a list; what makes no sense is left out. */
export function parse(text, optimizers) {
  return text.split('*').map(part => part.split('_')).map(([optimizer, rate, batch]) => ({ optimizer, rate: Number(rate), batch: Number(batch) }))
    .filter(r => optimizers.includes(r.optimizer) && r.rate > 0 && Number.isInteger(r.batch) && r.batch >= 0).slice(0, MOST);
}
export const format = list => list.map(r => `${r.optimizer}_${r.rate}_${r.batch}`).join('*');

const NAMES = { momentum: 'Momentum', nesterov: 'Nesterov', rmsprop: 'RMSprop', adam: 'Adam', adamw: 'AdamW', adagrad: 'Adagrad', lbfgs: 'L-BFGS' };
export const nameOf = optimizer => NAMES[optimizer] || optimizer;

/** What a person calls it; a batch of 0 is all samples. */
export function label(r) {
  if (r.optimizer === 'sgd') return r.batch === 0 ? 'Gradient descent, all samples' : r.batch === 1 ? 'SGD, one sample' : 'Mini-batches of ' + r.batch;
  return nameOf(r.optimizer) + (r.batch === 0 ? ', all samples' : r.batch === 1 ? ', one sample' : ', batches of ' + r.batch);
}

export const dot = i => el('span.dot', { style: `background:${series(i)}`, 'aria-hidden': 'true' });

/**
 * Rows in which the list can be changed: rows({ list, optimizers, batches, rate, change }).
 * rate(optimizer) is a rate that suits it; change() is told after each change.
 */
export function rows({ list, optimizers, batches, rate, change }) {
  const box = el('div.stack.runners');
  const draw = () => {
    box.replaceChildren(...list.map((r, i) => {
      const who = `Runner ${i + 1}`;
      const optimizer = el('select', { 'aria-label': who + ': optimiser', onchange: e => { r.optimizer = e.target.value; r.rate = rate(r.optimizer); changed(); } },
        optimizers.map(o => el('option', { value: o, selected: o === r.optimizer }, o === 'sgd' ? 'Gradient descent' : nameOf(o))));
      const speed = el('input', { type: 'number', min: '0', step: 'any', value: String(r.rate), 'aria-label': who + ': learning rate', title: 'Learning rate: how far a step goes' });
      speed.addEventListener('change', () => { if (Number(speed.value) > 0) { r.rate = Number(speed.value); changed(); } else speed.value = String(r.rate); });
      const sizes = batches.some(b => b.value === String(r.batch)) ? batches : [...batches, { value: String(r.batch), label: r.batch + ' samples' }];
      const batch = el('select', { 'aria-label': who + ': samples a step', title: 'How many samples each step looks at', onchange: e => { r.batch = Number(e.target.value); changed(); } },
        sizes.map(b => el('option', { value: b.value, selected: b.value === String(r.batch) }, b.label)));
      return el('div.runner', dot(i), optimizer,
        el('button.quiet', { 'aria-label': `Remove runner ${i + 1}`, disabled: list.length === 1, onclick: () => { list.splice(i, 1); changed(); } }, '×'),
        speed, batch);
    }), el('button', { disabled: list.length >= MOST, onclick: add }, '+ Add a runner'));
  };
  const add = () => {
    const free = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adagrad'].find(o => !list.some(r => r.optimizer === o)) || 'adam';
    list.push({ optimizer: free, rate: rate(free), batch: list.at(-1).batch });
    changed();
  };
  const changed = () => { draw(); change(); };
  draw();
  return { box, draw };
}
