// Descent: optimisers race down a surface of two weights.
import { get, ignoreAborted, newest, post } from '../lib/api.js';
import { legend, lines, series } from '../lib/draw.js';
import { heights, map, relief } from '../lib/land.js';
import { decode, short } from '../lib/numbers.js';
import { dot, format, label, nameOf, parse, rows } from '../lib/runners.js';
import * as state from '../lib/state.js';
import { choice, el, number, slider } from '../lib/ui.js';
import { training } from './descent-training.js';

export const title = 'Descent';
const fresh = newest();
// An empty text stands for the surface's own: where to start, how many steps, who runs. `at` is the step that is shown, -1 the last.
export const DEFAULTS = { surface: 'ravine', x: '', y: '', steps: 0, seed: 1, runners: '', at: -1, view: 'map', turn: 30, tilt: 40, who: 0,
  samples: 1000, passes: 3, training: '' };

export async function show(main) {
  const current = state.values(DEFAULTS);
  const choices = await get('/api/descent');
  const room = new Room(main, current, choices);
  await room.open().catch(ignoreAborted);
  return () => room.end();
}

class Room {
  constructor(main, current, choices) {
    Object.assign(this, { main, current, choices, timer: 0, ways: [], side: el('section.card.stack'), board: el('section.card', { id: 'board' }),
      sums: el('section.card.stack', { id: 'sums' }), curves: el('section.card') });
    this.keep = () => state.keep(this.current, DEFAULTS);
    main.append(el('div.with-side', this.side, el('div.stack', this.board, el('div.columns', this.sums, this.curves))));
    const train = training(current, choices, this.keep);
    this.stopTraining = train.stop;
    main.append(el('div', { style: 'margin-top:var(--gap)' }, train.box));
  }

  get place() { return this.choices.surfaces.find(s => s.name === this.current.surface) || this.choices.surfaces[0]; }
  get steps() { return this.current.steps || this.place.steps; }
  get from() {
    const { x, y } = this.current;
    return { x: x === '' || !Number.isFinite(Number(x)) ? this.place.startX : Number(x), y: y === '' || !Number.isFinite(Number(y)) ? this.place.startY : Number(y) };
  }
  get at() { return this.current.at < 0 ? this.steps : Math.min(this.current.at, this.steps); }
  rate(optimizer) { return this.place.rates.find(r => r.optimizer === optimizer).rate; }
  usual() { return [['sgd', 0], ['sgd', 1], ['sgd', 8], ['momentum', 0], ['adam', 0]].map(([optimizer, batch]) => ({ optimizer, batch, rate: this.rate(optimizer) })); }

  async open() {
    const { current } = this;
    this.runners = parse(current.runners, this.choices.optimizers);
    if (!this.runners.length) this.runners = this.usual();
    current.surface = this.place.name;
    this.controls();
    this.board.setAttribute('aria-busy', 'true');
    const land = await get('/api/descent/surface', { name: current.surface }, fresh());
    this.land = { ...land, height: heights(decode(land.loss)) };
    this.stage();
    await this.race();
  }

  controls() {
    const { current, place } = this, samples = place.samples;
    const batches = [{ value: '0', label: `all ${samples}` }, ...[1, 4, 8, 32].map(v => ({ value: String(v), label: v === 1 ? '1 sample' : v + ' samples' }))];
    const set = key => value => { current[key] = value; this.again(); };
    this.startX = number('Start x', this.from.x, { min: place.xLow, max: place.xHigh }, v => this.move(v, this.from.y));
    this.startY = number('Start y', this.from.y, { min: place.yLow, max: place.yHigh }, v => this.move(this.from.x, v));
    this.side.replaceChildren(
      el('h1', 'Descent'),
      el('p.faint', 'Learning is going downhill: the height is the loss, the place is the weights. All start at the same place, each goes its own way.'),
      choice('Surface', this.choices.surfaces.map(s => ({ value: s.name, label: s.title })), place.name, name => this.change(name)),
      el('p', { id: 'lesson' }, place.lesson, ' ', el('span.faint', 'Loss: ', el('code', place.formula))),
      el('div.row', { style: 'flex-wrap:nowrap' }, this.startX, this.startY),
      slider('Steps', this.steps, { min: 10, max: 500, step: 10 }, set('steps')),
      slider('Order of the samples', current.seed, { min: 1, max: 20, text: v => 'no. ' + v }, set('seed')),
      el('h2', 'Who runs'),
      el('p.faint', { style: 'font-size:.9rem' }, 'Optimiser, learning rate (how far a step goes), and how many of the samples a step looks at: few samples give a noisy slope.'),
      rows({ list: this.runners, optimizers: this.choices.optimizers, batches, rate: o => this.rate(o), change: () => this.again() }).box);
  }

  change(name) {
    const { current } = this;
    Object.assign(current, { surface: name, x: '', y: '', steps: 0, at: -1 });
    this.runners = this.runners.map(r => ({ ...r, rate: this.rate(r.optimizer) }));
    current.runners = format(this.runners);
    this.stop();
    this.keep();
    this.open().catch(ignoreAborted);
  }

  move(x, y) {
    Object.assign(this.current, { x, y });
    this.startX.querySelector('input').value = x;
    this.startY.querySelector('input').value = y;
    this.picture?.show(this.ways, 0, this.from);
    this.again();
  }

  again() {
    this.stop();
    this.current.at = -1;
    this.current.who = Math.min(this.current.who, this.runners.length - 1);
    this.current.runners = format(this.runners) === format(this.usual()) ? '' : format(this.runners);
    this.keep();
    this.race().catch(ignoreAborted);
  }

  async race() {
    this.board.setAttribute('aria-busy', 'true');
    const { x, y } = this.from;
    const answer = await post('/api/descent/race', { surface: this.current.surface, x, y, steps: this.steps, seed: this.current.seed, entrants: this.runners }, fresh());
    this.ways = answer.ways.map(w => ({ lost: w.lost, x: decode(w.x), y: decode(w.y), loss: decode(w.loss), xSlope: decode(w.xSlope), ySlope: decode(w.ySlope) }));
    this.raced = this.runners.map(r => ({ ...r }));
    this.time.max = String(this.steps);
    this.frame();
    this.chart();
    this.board.setAttribute('aria-busy', 'false');
  }

  stage() {
    const { current } = this;
    const scene = el('div', { id: 'scene' });
    const button = (name, text) => el('button', { 'aria-pressed': String(current.view === name), onclick: () => { current.view = name; this.keep(); this.stage(); this.frame(); } }, text);
    this.time = el('input', { type: 'range', min: '0', max: String(this.steps), step: '1', value: String(this.at), oninput: () => { this.stop(); this.goTo(Number(this.time.value)); } });
    this.shown = el('output', '');
    this.play = el('button.main', { onclick: () => (this.timer ? this.pause() : this.run()) }, '▶ Play');
    const step = by => () => { this.stop(); this.goTo(Math.max(0, Math.min(this.steps, this.at + by))); };
    this.table = el('div.scroll', { tabindex: '0', role: 'region', 'aria-label': 'Where the runners are' });
    this.verdict = el('p', { id: 'verdict', 'aria-live': 'polite' });
    this.board.replaceChildren(
      el('div.row.spread', el('h2', this.place.title), el('div.row', { role: 'group', 'aria-label': 'View' }, button('map', 'Map'), button('relief', '3-D'))),
      scene,
      el('div.transport', this.play, el('button', { onclick: step(-1), 'aria-label': 'One step back' }, '◀ Step'), el('button', { onclick: step(1), 'aria-label': 'One step on' }, 'Step ▶'),
        el('label', 'Step ', this.shown, this.time)),
      this.verdict, this.table);
    const width = Math.max(280, Math.min(860, this.board.clientWidth - 34));
    const over = { place: this.place, ...this.land, width };
    this.picture = current.view === 'relief'
      ? relief({ ...over, turn: current.turn, tilt: current.tilt, turned: (turn, tilt) => { Object.assign(current, { turn, tilt }); this.keep(); } })
      : map({ ...over, moved: (x, y) => this.move(x, y) });
    scene.replaceChildren(this.picture.node, el('p.faint', { style: 'font-size:.9rem;margin-top:6px' }, current.view === 'relief'
      ? 'Drag to turn it, or use the arrow keys. Heights are logarithmic.' : 'The lowest ground is shaded most. The ring is the start: drag it, or move it with the arrow keys.'));
    if (!this.ways.length) this.picture.show([], 0, this.from);
  }

  goTo(at) {
    this.current.at = at;
    this.keep();
    this.frame();
  }

  /** Everything that belongs to one step. */
  frame() {
    const { at, ways, raced } = this;
    if (!ways.length) return;
    this.time.value = String(at);
    this.shown.textContent = `${at} of ${this.steps}`;
    this.picture.show(ways, at, this.from);
    const ends = ways.map(w => Math.min(at, w.x.length - 1));
    const order = ways.map((w, i) => i).filter(i => !(ways[i].lost && at >= ways[i].x.length)).sort((a, b) => ways[a].loss[ends[a]] - ways[b].loss[ends[b]]);
    if (!this.timer) {
      this.picture.node.dataset.legend = JSON.stringify(raced.map((r, i) => ({ name: label(r), stroke: series(i) })));
      this.verdict.textContent = order.length ? `After ${at} ${at === 1 ? 'step' : 'steps'} the lowest: ${label(raced[order[0]])}, at loss ${short(ways[order[0]].loss[ends[order[0]]])}.` : 'All have left the map: smaller learning rates would help.';
    }
    const pick = i => { this.current.who = i; this.keep(); this.frame(); };
    this.table.replaceChildren(el('table', { id: 'ends' },
      el('thead', el('tr', ['Runner', 'x', 'y', 'loss', 'samples seen'].map((h, i) => el(i ? 'th.number' : 'th', { scope: 'col' }, h)))),
      el('tbody', ways.map((w, i) => el('tr', { 'data-x': w.x[ends[i]], 'data-y': w.y[ends[i]], 'data-loss': w.loss[ends[i]] },
        el('th', { scope: 'row', style: 'font-weight:400' }, dot(i), ' ', label(raced[i]), order[0] === i ? el('strong.good', ' lowest') : '', w.lost && at >= w.x.length ? el('span.bad', ' lost its way: the rate is too large') : ''),
        el('td.number', short(w.x[ends[i]])), el('td.number', short(w.y[ends[i]])), el('td.number', short(w.loss[ends[i]])),
        el('td.number', (ends[i] * (raced[i].batch || this.place.samples)).toLocaleString('en')))))));
    this.arithmetic(pick);
  }

  /** The step that is made next, with its numbers. */
  arithmetic(pick) {
    const i = Math.min(this.current.who, this.ways.length - 1), w = this.ways[i], r = this.raced[i];
    const t = Math.min(this.at, w.x.length - 2);
    const who = choice('Of', this.raced.map((one, k) => ({ value: String(k), label: label(one) })), String(i), v => pick(Number(v)));
    if (t < 0) { this.sums.replaceChildren(el('h2', 'One step, in numbers'), who, el('p', 'It made no step.')); return; }
    const line = (name, from, slope, to) => el('p.mono', { style: 'overflow-wrap:anywhere' }, r.optimizer === 'sgd'
      ? `${name} = ${fine(from)} − ${r.rate} · ${slope < 0 ? `(${fine(slope)})` : fine(slope)} = ${fine(to)}` : `${name}: slope ${fine(slope)}, from ${fine(from)} to ${fine(to)}`);
    this.sums.replaceChildren(el('h2', `Step ${t + 1}, in numbers`), who,
      el('p.faint', r.optimizer === 'sgd' ? 'New weight = weight − learning rate · slope.' : WORDS[r.optimizer] || `How ${nameOf(r.optimizer)} makes a step of the slope is told in the handbook.`),
      line('x', w.x[t], w.xSlope[t], w.x[t + 1]), line('y', w.y[t], w.ySlope[t], w.y[t + 1]),
      el('p.faint', r.batch === 0 ? 'The slope is exact: it comes from all samples.' : `The slope is a guess: it comes from ${r.batch} of ${this.place.samples} samples.`));
  }

  chart() {
    const positive = this.ways.every(w => w.loss.every(v => v > 0));
    const low = Math.min(...this.ways.flatMap(w => Array.from(w.loss))), high = Math.max(...this.ways.map(w => w.loss[0])) * 1.5, floor = positive ? Math.max(low, high * 1e-6) : low;
    const drawn = this.ways.map((w, i) => ({ name: label(this.raced[i]), colour: series(i), x: w.loss.map((_, k) => k), y: w.loss.map(v => (v < floor ? NaN : Math.min(v, high))) }));
    this.curves.replaceChildren(el('h2', 'Loss against steps'),
      lines({ lines: drawn, width: 420, height: 280, xLabel: 'steps', yLog: positive, yDomain: [floor, high], title: 'The loss of each runner against steps' }),
      legend(drawn));
  }

  run() {
    if (this.at >= this.steps) this.current.at = 0;
    const begun = performance.now(), first = this.at, speed = Math.max(6, this.steps / 10); // steps a second
    this.play.textContent = '❚❚ Pause';
    const tick = now => {
      this.timer = requestAnimationFrame(tick);
      this.current.at = Math.min(this.steps, first + Math.floor((now - begun) / 1000 * speed));
      if (this.at >= this.steps) this.pause();
      else this.frame();
    };
    this.timer = requestAnimationFrame(tick);
  }

  pause() {
    this.stop();
    this.keep();
    this.frame();
  }

  stop() {
    cancelAnimationFrame(this.timer);
    this.timer = 0;
    if (this.play) this.play.textContent = '▶ Play';
  }

  end() {
    this.stop();
    this.stopTraining();
  }
}

const fine = v => (v !== 0 && Math.abs(v) < 1e-4 ? v.toExponential(4) : String(Number(v.toPrecision(6))));

const WORDS = {
  momentum: 'Like a ball: it keeps 0.9 of its last direction and adds the slope.',
  nesterov: 'Like momentum, but it looks ahead to where that would bring it.',
  rmsprop: 'It divides the slope by its usual size: each weight gets steps of about the same length.',
  adam: 'Momentum and RMSprop together: a smoothed slope, divided by its usual size.',
  adamw: 'Adam, and all weights shrink a little at each step.',
  adagrad: 'It divides by the length of all slopes so far, so its steps become smaller and smaller.',
};
