// The cards below the network: one neuron, the right answer and the update, pixels that mattered, moments of the training.
import { colour, lines } from '../lib/draw.js';
import { grey, heat, most, picture, sheet } from '../lib/heat.js';
import { decode, percent, short } from '../lib/numbers.js';
import { el } from '../lib/ui.js';
import { isMaps, nameOf, placeOf } from './digits-net.js';

const sign = v => (v < 0 ? '−' : '+') + ' ' + short(Math.abs(v));
const signed = v => v < 0 ? '−' + short(-v) : short(v);
const row = (...cells) => el('tr', cells.map((c, i) => i === 0 ? el('th', { scope: 'row' }, c) : el('td.number', c)));

/** Names an activation as beginners meet it. */
export function bend(name) {
  const lower = name.toLowerCase();
  if (!name) return 'nothing bends it';
  if (lower === 'relu') return 'ReLU: what is below 0 becomes 0';
  if (lower === 'sigmoid') return 'sigmoid: any number becomes one between 0 and 1';
  if (lower === 'tanh') return 'tanh: any number becomes one between −1 and 1';
  return name;
}

/** The formula of a neuron with the numbers filled in, its weights as a picture, what excites it. */
export function neuron(card, { columns, column, index, formula, excited, classes }) {
  const c = columns[column], maps = isMaps(c), where = from => placeOf(columns, column - 1, from, classes);
  const title = `${nameOf(columns, column)}, ${placeOf(columns, column, index, classes)}`;
  const parts = [el('h2', title)];
  if (formula.linear) {
    parts.push(el('p', 'It multiplies each number that comes in with a weight, and adds all of them to its bias:'),
      el('div.scroll', el('table', { id: 'formula' },
        el('thead', el('tr', el('th', { scope: 'col' }, 'from'), el('th.number', { scope: 'col' }, 'number × weight'), el('th.number', { scope: 'col' }, 'product'))),
        el('tbody',
          formula.terms.map(t => row(where(t.from), `${signed(t.left)} × ${signed(t.right)}`, sign(t.product))),
          formula.others ? row(`${formula.others} others`, '', sign(formula.rest)) : null,
          row('bias', '', sign(formula.bias)),
          row(el('strong', 'sum z'), '', el('strong', { id: 'sum' }, signed(formula.sum))),
          row(el('strong', 'activation'), formula.activation ? `${formula.activation}(z)` : 'z', el('strong', { id: 'activation' }, signed(formula.value)))))),
      el('p.faint', bend(formula.activation) + '.'));
  } else if (c.kind === 'pool') {
    parts.push(el('p', 'It takes the largest of its neighbours: '),
      el('p.mono', formula.terms.map(t => `${where(t.from)}: ${signed(t.left)}`).join(', ')));
  } else parts.push(el('p', `Its value is ${signed(formula.value)}. It is made by ${c.layers}.`));
  const pictures = el('div.row', { style: 'align-items:flex-start;gap:16px' });
  const kernel = maps && c.kernel.length === 4;
  if (kernel) {
    const [, inputs, rows, width] = c.kernel, all = decode(c.kernels), size = inputs * rows * width;
    const own = all.subarray(Math.floor(index / (c.shape[1] * c.shape[2])) * size).subarray(0, size);
    const canvas = sheet(own, rows, width, Math.min(4, inputs), heat(), most(own));
    canvas.style.width = Math.min(240, Math.min(4, inputs) * 90) + 'px';
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', 'Kernel of ' + title);
    pictures.append(figure(canvas, inputs > 1 ? 'its kernel, one part a map below' : 'its kernel: the pattern that it looks for'));
  }
  if (formula.linear) {
    const w = decode(formula.weights), [, rows, width] = formula.shape;
    if (formula.shape.length === 3 && rows * width > 1) {
      const across = Math.min(4, formula.shape[0]), canvas = sheet(w, rows, width, across, heat(), most(w));
      canvas.style.width = formula.shape[0] === 1 ? '140px' : '240px';
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', 'Incoming weights of ' + title);
      pictures.append(figure(canvas, kernel ? 'and where it looks now' : 'its weights: orange speaks for it, blue against'));
    } else if (!kernel) {
      const across = Math.ceil(Math.sqrt(w.length * 2));
      const canvas = sheet(w, 1, 1, across, heat(), most(w));
      canvas.style.width = '200px';
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', `Its ${w.length} incoming weights, row by row`);
      pictures.append(figure(canvas, 'its weights: orange speaks for it, blue against'));
    }
  }
  if (excited.length) {
    const paper = grey();
    pictures.append(el('figure', { style: 'margin:0;flex:1 1 240px' },
      el('div.row', { id: 'excited', style: 'gap:6px' }, excited.map(x => el('span.excited',
        picture(decode(x.picture), 28, paper, 1, `test digit ${x.sample}, a ${x.label}`, 52), el('span.faint', short(x.value))))),
      el('figcaption.faint', maps ? 'test digits in which it finds most' : 'test digits that excite it most')));
  }
  parts.push(pictures);
  for (const chain of formula.chain) parts.push(...rule(chain, columns, column, index, classes));
  card.replaceChildren(...parts);
}

const figure = (node, caption) => el('figure', { style: 'margin:0' }, node, el('figcaption.faint', { style: 'max-width:240px' }, caption));

/** The chain rule through a neuron. */
function rule(chain, columns, column, index, classes) {
  const last = column === columns.length - 1, parts = [el('h2', { style: 'margin-top:16px' }, 'Its part in the error: the chain rule')];
  if (last) parts.push(el('p', 'Here the error begins: ', el('span.mono', `dL/dz = ${signed(chain.delta)}`)));
  else {
    if (chain.above.length) {
      parts.push(el('p', 'Back come the errors of the layer above, each times the weight that led there:'),
        el('div.scroll', el('table', { id: 'chain' },
          el('thead', el('tr', el('th', { scope: 'col' }, 'from'), el('th.number', { scope: 'col' }, 'weight × error'), el('th.number', { scope: 'col' }, 'product'))),
          el('tbody', chain.above.map(t => row(placeOf(columns, column + 1, t.from, classes), `${signed(t.left)} × ${signed(t.right)}`, sign(t.product))),
            chain.others ? row(`${chain.others} others`, '', sign(chain.rest)) : null,
            row(el('strong', 'dL/da'), '', el('strong', signed(chain.error)))))));
    } else parts.push(el('p', 'What comes back to it: ', el('span.mono', `dL/da = ${signed(chain.error)}`)));
    parts.push(chain.sloped
      ? el('p', 'Times the slope of its activation: ', el('span.mono', { id: 'delta' }, `dL/dz = ${signed(chain.error)} × ${signed(chain.slope)} = ${signed(chain.delta)}`),
        chain.slope === 0 ? '. The neuron is silent, so nothing passes and its weights stay.' : '')
      : el('p', el('span.mono', `dL/dz = ${signed(chain.delta)}`)));
  }
  if (chain.changes.length) {
    parts.push(el('p', 'Each weight changes against error times input; these most:'),
      el('div.scroll', el('table',
        el('thead', el('tr', el('th', { scope: 'col' }, 'weight from'), el('th.number', { scope: 'col' }, 'error × input = dL/dw'), el('th.number', { scope: 'col' }, 'weight → new'))),
        el('tbody', chain.changes.map(x => row(placeOf(columns, column - 1, x.from, classes),
          `${signed(chain.delta)} × ${signed(x.input)} = ${signed(x.gradient)}`, `${signed(x.weight)} → ${signed(x.moved)}`))))));
  }
  return parts;
}

/** The right answer, the loss, and what an update does. */
export function lesson(card, { back, pass, classes, rate, updates, most: limit, choose, move, setRate }) {
  const name = classes[back.answer], p = decode(pass.probabilities), course = decode(back.course), was = decode(back.before.probabilities);
  const begin = decode(back.flows.at(-1).delta);
  const order = Array.from(begin.keys()).sort((a, b) => Math.abs(begin[b]) - Math.abs(begin[a]));
  const shown = [back.answer, ...order.filter(k => k !== back.answer)].slice(0, 4);
  card.replaceChildren(...[
    el('h2', 'The right answer'),
    el('div.row', { role: 'group', 'aria-label': 'The right answer', id: 'answers' }, classes.map((c, k) =>
      el('button', { 'aria-pressed': String(k === back.answer), 'aria-label': `The right answer is ${c}`, onclick: () => choose(c) }, c))),
    back.assumed ? el('p.faint', 'Nobody said it yet, so the network’s own answer is taken.') : null,
    el('h2', { style: 'margin-top:14px' }, 'How wrong is it?'),
    back.logarithmic
      ? el('p.mono', { id: 'loss' }, `loss = −ln p(${name}) = −ln ${back.p.toFixed(4)} = ${short(back.loss)}`)
      : el('p.mono', { id: 'loss' }, `loss (${back.lossName}) = ${short(back.loss)}`),
    el('p.faint', back.logarithmic ? 'Nearly 0 when it is sure and right; large when it is sure and wrong.' : 'The further the outputs are from the right ones, the larger.'),
    el('p', 'How the loss changes with each output:'),
    el('table', { id: 'begin' }, el('tbody', shown.map(k => row(`class ${classes[k]}`,
      back.logarithmic ? `p − ${k === back.answer ? 1 : 0} = ${p[k].toFixed(4)} − ${k === back.answer ? 1 : 0}` : '', signed(begin[k]))))),
    el('h2', { style: 'margin-top:14px' }, 'Learn from it'),
    el('p', 'Every weight moves a little against its gradient: ', el('span.mono', 'w ← w − rate · dL/dw')),
    el('div.row',
      el('button.main', { id: 'update', disabled: updates >= limit, onclick: () => move(updates + 1) }, updates ? 'Update again' : 'Update once'),
      el('button', { id: 'undo', disabled: updates === 0, onclick: () => move(updates - 1) }, 'Undo'),
      el('button', { disabled: updates === 0, onclick: () => move(0) }, 'Start over'),
      el('label.inline', 'rate ', rateInput(rate, setRate))),
    el('p', { id: 'result', role: 'status', 'aria-live': 'polite' }, updates === 0
      ? `p(${name}) is ${percent(course[0])} now.`
      : [`After ${updates} update${updates > 1 ? 's' : ''}: p(${name}) `, el('strong', { id: 'p-before' }, percent(course[0])), ' → ',
        el('strong', { id: 'p-after' }, percent(course[updates])), `, loss ${short(decode(back.losses)[0])} → ${short(back.loss)}.`]),
    updates > 0 ? lines({ lines: [{ x: course.map((_, i) => i), y: course, colour: colour('good') }], width: 420, height: 150, yDomain: [0, 1], xLabel: 'updates', title: `The probability of ${name} after each update` }) : null,
    updates > 0 ? beside(pass, back.before, was, p, classes) : null].filter(Boolean));
}

function rateInput(rate, setRate) {
  const input = el('input', { type: 'number', id: 'rate', min: '0.001', max: '10', step: 'any', value: String(rate), style: 'width:6.5rem' });
  input.addEventListener('change', () => { if (input.reportValidity() && input.value !== '') setRate(Number(input.value)); });
  return input;
}

/** The forward passes before and after, one strip a layer. */
function beside(pass, before, was, p, classes) {
  const lit = heat('glow');
  return el('div', el('h2', { style: 'margin-top:14px' }, 'Before and after, layer by layer'),
    pass.columns.map((c, i) => {
      if (i === 0 || isMaps(c)) return null;
      const last = i === pass.columns.length - 1, old = last ? was : decode(before.columns[i].values), now = last ? p : decode(c.values);
      if (now.length > 128) return null;
      const range = last ? 1 : Math.max(most(old), most(now)), both = new Float32Array([...old, ...now]);
      const canvas = sheet(both, 1, now.length, 1, lit, range, 0);
      canvas.style.cssText = 'width:100%;height:32px;display:block';
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', `${nameOf(pass.columns, i)}: above before, below after`);
      return el('figure', { style: 'margin:0 0 8px' }, canvas, el('figcaption.faint', `${last ? 'Probabilities' : nameOf(pass.columns, i)}: above before, below after`));
    }));
}

/** How large the gradients are, layer by layer. */
export function norms(card, { back, pass, rate }) {
  const rows = [];
  for (let i = pass.columns.length - 1; i > 0; i--) {
    for (const g of back.flows[i].gradients) {
      rows.push(row(`${nameOf(pass.columns, i)}, ${g.name}`, String(g.count), short(g.gradient), g.weights ? percent(rate * g.gradient / g.weights) : ''));
    }
  }
  card.replaceChildren(el('h2', 'How much each layer is to change'),
    el('p.faint', 'The length of the gradient: all its numbers squared, added up, and the root taken.'),
    el('div.scroll', el('table', { id: 'norms' },
      el('thead', el('tr', el('th', { scope: 'col' }, 'layer'), el('th.number', { scope: 'col' }, 'numbers'), el('th.number', { scope: 'col' }, '|gradient|'), el('th.number', { scope: 'col' }, 'moves by'))),
      el('tbody', rows))));
}

/** Which pixels mattered. */
export function saliency(card, { saliency: s, pass, classes }) {
  const values = decode(s.pixels), name = classes[s.answer];
  card.replaceChildren(el('h2', 'Which pixels mattered'),
    el('div.row', { style: 'align-items:flex-start;flex-wrap:nowrap' },
      picture(decode(pass.picture), 28, grey(), 1, 'What the network sees', 112),
      picture(values, 28, heat(), most(values), `How the score of ${name} changes with each pixel`, 112)),
    el('p', { style: 'margin-top:8px' }, `The score of ${name} is `, el('strong', { id: 'score' }, signed(s.score)),
      '. Orange: more ink here would raise it. Blue: more ink here would lower it.'),
    el('p.faint', 'Each colour is a derivative, d score / d pixel: the error’s way back, taken to the picture.'));
}

/** The same picture at the moments of the training. */
export function moments(card, { moments: m, classes, current, choose }) {
  const name = classes[m.answer];
  card.replaceChildren(el('h2', 'The same picture while the network learned'),
    el('div.scroll', el('table', { id: 'moments' },
      el('thead', el('tr', el('th', { scope: 'col' }, 'network'), el('th', { scope: 'col' }, 'says'), el('th.number', { scope: 'col' }, `p(${name})`), el('th.number', { scope: 'col' }, 'loss'))),
      el('tbody', m.moments.map(x => el('tr',
        el('th', { scope: 'row' }, el('button.quiet', { 'aria-pressed': String(x.name === current), onclick: () => choose(x.name) }, x.name)),
        el('td', { class: x.best === m.answer ? 'good' : 'bad' }, classes[x.best] + (x.best === m.answer ? '' : ', wrong')),
        el('td.number', percent(x.p)), el('td.number', short(x.loss))))))),
    el('p.faint', { style: 'margin-top:8px' }, 'An untrained network answers by chance: its weights are where the dice left them.'));
}

/** All kernels of a convolutional network. */
export function kernels(card, columns) {
  const parts = [];
  columns.forEach((c, i) => {
    if (c.kernel.length !== 4) return;
    const [out, inputs, rows, width] = c.kernel, all = decode(c.kernels), canvas = sheet(all, rows, width, inputs === 1 ? Math.min(out, 8) : inputs, heat(), most(all));
    canvas.style.cssText = `width:100%;max-width:${inputs === 1 ? 60 * Math.min(out, 8) : 320}px`;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `${out} kernels of ${nameOf(columns, i)}`);
    parts.push(el('figure', { style: 'margin:0 0 10px' }, canvas, el('figcaption.faint',
      inputs === 1 ? `${nameOf(columns, i)}: ${out} kernels of ${rows} × ${width}` : `${nameOf(columns, i)}: a row a map, a square for each of the ${inputs} maps below`)));
  });
  card.hidden = parts.length === 0;
  card.replaceChildren(el('h2', 'Kernels'), el('p', 'A kernel slides over the picture and lights up where it finds its pattern. Orange: ink is wanted here. Blue: it is not.'), ...parts);
}
