// The playground: a small network learns a problem in the plane, forward and back.
import { get, ignoreAborted, listen, newest, post } from '../lib/api.js';
import { colour } from '../lib/draw.js';
import { decode, percent, short } from '../lib/numbers.js';
import * as state from '../lib/state.js';
import { check, choice, el, number, say, slider } from '../lib/ui.js';
import { nameOf, network, places } from './playground-net.js';
import { classColour, plane } from './playground-plane.js';

export const title = 'Playground';

const RECIPE = {
  problem: 'circles', samples: 300, noise: 0.1, test: 0.3, points: '', names: '', net: '6 tanh, 4 tanh', init: '', loss: '',
  optimizer: 'adam', rate: 0.01, schedule: 'constant', l1: 0, l2: 0, batch: 16, seed: 1, draw: 1, epochs: 1000, edits: '',
};
const DEFAULTS = { ...RECIPE, step: 0, pace: 0, discrete: false, tested: true };
const PROBLEMS = {
  circles: 'Circle in a ring', xor: 'Exclusive or', blobs: 'Two clouds', moons: 'Two moons', spiral: 'Two spirals', 'three-spirals': 'Three spirals',
  'four-blobs': 'Four clouds', plane: 'A plane (values)', bumps: 'Bumps (values)', own: 'My own points', 'own-values': 'My own values',
};
const SCHEDULES = [
  ['constant', 'always the same'], ['step:50:0.5', 'half of it every 50 epochs'], ['exponential:0.99', '1 % less every epoch'],
  ['cosine', 'down along a cosine'], ['warmup:50:cosine', 'up in 50 steps, then down'], ['onecycle', 'up and down once'],
  ['restarts:50:2', 'down, with restarts'], ['inverse-time:0.05', 'as 1 / time'], ['polynomial:2', 'down along a parabola'],
];
const PACES = [[0, 'as fast as it goes'], [200, '200 steps a second'], [30, '30 steps a second'], [5, '5 steps a second'], [1, '1 step a second']];
const LONGEST_LINK = 300; // points of one's own that a link carries
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const word = n => DIGITS[n >> 6] + DIGITS[n & 63];
const read = (text, at) => DIGITS.indexOf(text[at]) * 64 + DIGITS.indexOf(text[at + 1]);
const thousandths = x => Math.max(0, Math.min(4095, Math.round(x * 1000) + 2048));
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const card = (heading, ...rest) => el('section.card', el('h2', heading), ...rest);

export async function show(main) {
  const offer = await get('/api/playground');
  const page = new Playground(main, offer);
  await page.open(page.current.step);
  return () => page.end();
}

class Playground {
  current = state.values(DEFAULTS);
  session = '';
  scene = null;
  frame = null;
  opening = 0;
  place = null;
  brush = 0;
  furthest = 0;
  fresh = newest();
  waiting = false;
  curvesAt = 0;

  constructor(main, offer) {
    this.offer = offer;
    this.plane = plane({ at: (x, y) => this.look(x, y), add: (x, y) => this.add(x, y), remove: (x, y) => this.remove(x, y) });
    this.net = network((layer, i, input) => this.choose(layer, i, input));
    this.data = card('The problem');
    this.how = card('How it learns');
    this.layers = el('div.stack');
    this.neuron = card('A neuron');
    this.figures = el('div.row', { id: 'figures', style: 'gap:4px 22px' });
    this.readout = el('p.faint', { 'aria-live': 'polite', id: 'readout', style: 'min-height:3em;margin:8px 0 0' });
    this.confusion = el('div', { id: 'confusion' });
    this.charts = el('div.stack', { style: 'margin-top:8px' });
    this.trouble = el('p.bad', { role: 'alert', id: 'trouble', style: 'margin:8px 0 0;white-space:pre-wrap' });
    this.trouble.hidden = true;
    this.java = el('pre.mono', { id: 'java', tabindex: '0', 'aria-label': 'The program', style: 'overflow:auto;max-height:460px;margin:8px 0 0;padding:12px;background:var(--off);border-radius:8px' });
    main.append(el('div.stack',
      el('div', el('h1', 'Playground'), el('p.faint', { style: 'margin:0' }, 'A small network learns to tell points apart. Press Play and watch; then change something.')),
      this.controls(),
      el('div.play-columns', el('div.stack', this.data, this.how), el('div.stack',
        card('The network', el('p.faint', 'Each box shows what a neuron says all over the plane. Lines are weights: orange adds, blue takes away. Click one to set it.'),
          this.net.node, this.layers), this.neuron),
      el('div.stack', card('What it says', this.plane.node, this.readout, this.planeOptions(), this.confusion), card('How well', this.charts))),
      this.program()));
    this.drawData();
    this.drawHow();
    this.drawLayers();
    this.resized = new ResizeObserver(() => { this.plots?.forEach(p => p.setSize({ width: this.charts.clientWidth, height: 170 })); });
    this.resized.observe(this.charts);
    this.seen = () => { if (!document.hidden && this.session && !this.stop) this.listen(); else if (document.hidden) { this.stop?.(); this.stop = null; } };
    document.addEventListener('visibilitychange', this.seen);
  }

  end() {
    clearTimeout(this.timer);
    this.stop?.();
    this.resized.disconnect();
    this.plots?.forEach(p => p.destroy());
    document.removeEventListener('visibilitychange', this.seen);
    if (this.going) post('/api/playground/pause', { session: this.session }).catch(() => {});
    this.session = '';
  }

  // ---- the run

  get own() { return this.current.problem.startsWith('own'); }
  get values() { return ['plane', 'bumps', 'own-values'].includes(this.current.problem); }
  get going() { return this.frame && this.frame.step < this.frame.goal; }

  keep() {
    const kept = { ...this.current };
    if (kept.points.length > 6 * LONGEST_LINK) kept.points = '';
    state.keep(kept, DEFAULTS);
  }

  /** Starts the recipe anew and goes to a step, after a moment in which more may change; plays on if it played before. */
  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(0), wait);
    this.pending = true;
  }

  /** Starts the recipe anew and goes to a step; plays on if it played before. */
  open(step) {
    clearTimeout(this.timer);
    this.pending = false;
    this.ready = this.begin(step);
    return this.ready;
  }

  async begin(step) {
    const mine = ++this.opening, play = this.going;
    this.current.step = step;
    this.keep();
    if (this.own && this.current.points.length < 12) return this.empty();
    this.busy(true);
    const recipe = Object.fromEntries(Object.keys(RECIPE).map(key => [key, this.current[key]]));
    let opened;
    try {
      opened = await post('/api/playground/open', { session: this.session, recipe, to: step });
    } catch (e) {
      if (mine === this.opening) { this.busy(false); this.showTrouble(e.message); }
      return;
    }
    if (mine !== this.opening) return;
    this.opening = 0;
    const other = this.session !== opened.session;
    this.session = opened.session;
    this.setScene(opened.scene);
    this.furthest = step;
    this.apply(opened.frame, true);
    if (other) this.listen();
    this.fillProgram();
    if (play) setTimeout(() => this.play());
  }

  listen() {
    this.stop?.();
    this.stop = listen('/api/playground/stream', { session: this.session }, {
      frame: frame => { if (!this.opening) this.apply(frame); },
      refused: () => say('Too many pages are open: close some.'),
    });
  }

  /** One's own points, of which there are too few to learn from. */
  empty() {
    this.opening = 0;
    if (this.going) post('/api/playground/pause', { session: this.session }).catch(() => {});
    this.frame = null;
    const { points, targets } = this.ownPoints();
    this.scene = { range: 1.2, points, targets, tested: targets.map(() => 0), classes: this.values ? [] : ['0', '1'], layers: [], parameters: [] };
    this.paintPlane();
    this.readout.textContent = this.hint();
    this.busy(false);
  }

  setScene(scene) {
    this.scene = { ...scene, points: decode(scene.points), targets: decode(scene.targets), tested: decode(scene.tested) };
    this.net.build(this.scene);
    this.choose(...this.net.at());
    this.makePlots();
  }

  apply(frame, anew = false) {
    if (!anew && this.frame && frame.number <= this.frame.number) return;
    this.frame = { ...frame, weights: decode(frame.weights), bytes: bytes(frame.surface), neurons: bytes(frame.neurons) };
    this.furthest = Math.max(this.furthest, frame.step);
    if (!this.going) {
      this.current.step = frame.step;
      this.current.edits = frame.edits;
      this.keep();
    }
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; if (this.frame && this.session) this.draw(); });
  }

  draw() {
    const f = this.frame, still = !this.going;
    this.paintPlane();
    this.net.paint(f, still);
    this.drawFigures();
    this.fillNeuron();
    this.drawConfusion();
    const now = performance.now();
    if (still || now - this.curvesAt > 120) { this.curvesAt = now; this.drawPlots(); }
    if (still) { this.busy(false); this.fillProgram(); this.look(...(this.place ? [this.place.x, this.place.y] : [null])); }
    this.showTrouble(f.trouble);
    this.frames = (this.frames || 0) + 1;
    document.querySelector('#figures').dataset.frames = this.frames;
  }

  paintPlane() {
    this.plane.paint(this.scene, this.frame, { discrete: this.current.discrete, test: this.current.tested, own: this.own });
  }

  busy(on) { document.querySelector('#figures')?.setAttribute('aria-busy', String(on)); }

  showTrouble(text) {
    this.trouble.hidden = !text;
    if (text !== this.trouble.textContent) this.trouble.textContent = text || '';
  }

  async go(to, play = false) {
    if (this.pending) this.open(0);
    await this.ready;
    if (!this.frame) { say('There are too few points yet.'); return; }
    if (!play) this.busy(true);
    this.apply(await post('/api/playground/go', { session: this.session, to, pace: play ? this.current.pace : 0, play }).catch(e => this.lost(e)));
  }

  play() { return this.go(this.scene.last, true); }

  /** The session had to make room for other pages: make it again. */
  lost(e) {
    if (/idle for too long/.test(e.message)) { this.session = ''; this.open(this.current.step); }
    throw e;
  }

  // ---- controls

  controls() {
    const button = (label, text, act, id) => el('button', { title: label, 'aria-label': label, id, onclick: act }, text);
    const epoch = () => this.scene.stepsPerEpoch;
    this.playButton = el('button.main', { id: 'play', style: 'min-width:6.5em', onclick: () => this.going
      ? post('/api/playground/pause', { session: this.session }).then(f => this.apply(f)) : this.play() }, 'Play');
    this.time = el('input', { type: 'range', min: '0', max: '1', value: '0', 'aria-label': 'Go to a step', id: 'time', style: 'width:100%' });
    this.time.addEventListener('change', () => this.go(Number(this.time.value)));
    return el('section.card.play-bar', { 'aria-label': 'Training' },
      el('div.row',
        button('Restart with the same initial weights', '|‹ Restart', () => this.restart(), 'restart'),
        button('One epoch back', '« Epoch', () => this.go(Math.max(0, (Math.ceil(this.frame.step / epoch()) - 1) * epoch())), 'back-epoch'),
        button('One step back', '‹ Step', () => this.go(Math.max(0, this.frame.step - 1)), 'back'),
        this.playButton,
        button('One step', 'Step ›', () => this.go(this.frame.step + 1), 'step'),
        button('One epoch', 'Epoch »', () => this.go((Math.floor(this.frame.step / epoch()) + 1) * epoch()), 'epoch'),
        el('label.inline', 'Speed ', el('select', { id: 'pace', style: 'width:auto', onchange: e => { this.current.pace = Number(e.target.value); this.keep(); if (this.going) this.play(); } },
          PACES.map(([v, text]) => el('option', { value: String(v), selected: v === this.current.pace }, text))))),
      this.time, this.figures, this.trouble);
  }

  /** Back to the beginning, with what was set by hand there and later. */
  restart() { return this.going ? this.go(0).then(() => this.play()) : this.go(0); }

  drawFigures() {
    const f = this.frame, s = this.scene, name = this.values ? 'R²' : 'accuracy', as = this.values ? short : percent;
    this.playButton.textContent = this.going ? 'Pause' : 'Play';
    this.playButton.disabled = !this.going && f.step >= s.last;
    if (document.activeElement !== this.time || !this.going) { this.time.max = String(Math.max(1, this.furthest)); this.time.value = String(f.step); }
    const figure = (label, text, id) => el('span', el('span.faint', label + ' '), el('strong', { id, style: 'font-variant-numeric:tabular-nums' }, text));
    const shown = (value, to) => value === null || value === undefined ? '–' : to(value);
    this.figures.replaceChildren(
      figure('Step', String(f.step), 'step-number'), figure('Epoch', (f.step / s.stepsPerEpoch).toFixed(s.stepsPerEpoch > 1 ? 2 : 0), 'epoch-number'),
      figure('Loss', shown(f.loss, short), 'loss'), ...(f.testLoss === null || f.testLoss === undefined ? [] : [figure('testing', short(f.testLoss), 'test-loss')]),
      figure(name[0].toUpperCase() + name.slice(1), shown(f.score, as), 'score'),
      ...(f.testScore === null || f.testScore === undefined ? [] : [figure('testing', as(f.testScore), 'test-score')]),
      figure('Rate', short(f.rate), 'rate-now'), el('span.faint', `${f.weights.length} weights and biases`));
    Object.assign(this.figures.dataset, { step: f.step, loss: f.loss, testLoss: f.testLoss, score: f.score, testScore: f.testScore, parameters: f.weights.length, going: this.going });
  }

  /** Something of the recipe is another now: the run begins anew, with the same initial weights. */
  change(key, value) {
    this.current[key] = value;
    this.current.edits = '';
    this.later(60);
  }

  drawData() {
    const c = this.current, set = key => v => this.change(key, v);
    const parts = [choice('Problem', Object.entries(PROBLEMS).map(([value, label]) => ({ value, label })), c.problem, v => this.setProblem(v))];
    if (this.own) parts.push(...this.ownControls());
    else {
      parts.push(slider('Points', c.samples, { min: 20, max: 1000, step: 10 }, set('samples')),
        slider('Noise', c.noise, { min: 0, max: 0.5, step: 0.01, text: v => v.toFixed(2) }, set('noise')));
    }
    parts.push(slider('Kept for testing', c.test, { min: 0, max: 0.9, step: 0.05, text: v => Math.round(100 * v) + ' %' }, set('test')),
      choice('Samples a step', [['1', '1 (stochastic)'], ['4'], ['16'], ['32'], ['64'], ['128'], ['0', 'all (full batch)']].map(([value, label]) => ({ value, label: label ?? value })), String(c.batch), v => this.change('batch', Number(v))));
    if (!this.own) {
      parts.push(el('div.row', el('button', { onclick: () => this.change('draw', c.draw + 1) }, 'New points'),
        el('button', { title: 'Take these points as the beginning of my own', onclick: () => this.adopt() }, 'Make them mine')));
    }
    this.data.replaceChildren(el('h2', 'The problem'), el('div.stack', parts));
  }

  setProblem(problem) {
    const values = this.values;
    this.current.problem = problem;
    if (values !== this.values) { this.current.loss = ''; this.brush = this.values ? 1 : 0; }
    if (this.own && values !== this.values) this.current.points = '';
    this.drawData();
    this.drawHow();
    this.change('problem', problem);
  }

  drawHow() {
    const c = this.current, set = key => v => this.change(key, v);
    const losses = this.values ? this.offer.valueLosses : this.offer.losses;
    this.how.replaceChildren(el('h2', 'How it learns'), el('div.stack',
      choice('Loss: what is made small', losses, c.loss || losses[0], set('loss')),
      choice('Optimiser: how weights move', this.offer.optimizers, c.optimizer, set('optimizer')),
      number('Learning rate', c.rate, { min: 0.000001, max: 100 }, set('rate')),
      choice('The rate over time', SCHEDULES.map(([value, label]) => ({ value, label })).concat(SCHEDULES.some(s => s[0] === c.schedule) ? [] : [c.schedule]), c.schedule, set('schedule')),
      el('div', { style: 'display:grid;grid-template-columns:1fr 1fr;gap:8px' },
        number('L1: price of size', c.l1, { min: 0, max: 10 }, set('l1')), number('L2: of squares', c.l2, { min: 0, max: 10 }, set('l2'))),
      choice('Initial weights', [{ value: '', label: 'as usual (uniform)' }, ...this.offer.inits], c.init, set('init')),
      el('div', { style: 'display:grid;grid-template-columns:1fr 1fr;gap:8px' },
        number('Seed', c.seed, { min: 0, max: 999999999, step: 1 }, set('seed')), number('Epochs', c.epochs, { min: 1, max: 100000, step: 1 }, set('epochs'))),
      el('button', { onclick: () => { this.change('seed', c.seed + 1); this.drawHow(); } }, 'New initial weights')));
  }

  // ---- the network

  hidden() {
    return this.current.net.split(',').map(l => l.trim()).filter(Boolean).map(l => { const [n, activation, dropout] = l.split(/\s+/); return { n: Number(n), activation, dropout: Number(dropout || 0) }; });
  }

  setHidden(layers) {
    this.current.net = layers.map(l => `${l.n} ${l.activation}${l.dropout ? ' ' + l.dropout : ''}`).join(', ');
    this.drawLayers();
    this.change('net', this.current.net);
  }

  drawLayers() {
    const layers = this.hidden();
    const update = (i, key, value) => this.setHidden(layers.map((l, k) => k === i ? { ...l, [key]: value } : l));
    const again = id => requestAnimationFrame(() => document.getElementById(id)?.focus());
    const turn = (i, by, id) => el('button', { id, 'aria-label': `${by > 0 ? 'One neuron more' : 'One neuron less'} in layer ${i + 1}`, disabled: by > 0 ? layers[i].n >= 16 : layers[i].n <= 1, onclick: () => { update(i, 'n', layers[i].n + by); again(id); } }, by > 0 ? '+' : '−');
    this.layers.replaceChildren(
      ...layers.map((l, i) => el('div.row', { role: 'group', 'aria-label': `Layer ${i + 1}`, style: 'gap:6px 10px' },
        el('span', { style: 'min-width:4.2em' }, `Layer ${i + 1}`),
        turn(i, -1, `less-${i}`), el('strong', { style: 'min-width:1.4em;text-align:center' }, String(l.n)), turn(i, 1, `more-${i}`),
        el('select', { 'aria-label': `Activation of layer ${i + 1}`, style: 'width:auto', onchange: e => update(i, 'activation', e.target.value) },
          this.offer.activations.concat(this.offer.activations.includes(l.activation) ? [] : [l.activation]).map(a => el('option', { value: a, selected: a === l.activation }, a))),
        el('label.inline', 'Dropout ', el('select', { style: 'width:auto', onchange: e => update(i, 'dropout', Number(e.target.value)) },
          [...new Set([0, 0.1, 0.2, 0.3, 0.5, l.dropout])].sort().map(d => el('option', { value: String(d), selected: d === l.dropout }, d ? Math.round(100 * d) + ' %' : 'none')))),
        el('button.quiet', { 'aria-label': `Remove layer ${i + 1}`, onclick: () => this.setHidden(layers.filter((_, k) => k !== i)) }, '✕'))),
      el('button', { id: 'add-layer', disabled: layers.length >= 6, onclick: () => { this.setHidden([...layers, { n: 4, activation: layers.at(-1)?.activation || 'tanh', dropout: 0 }]); again('add-layer'); } }, 'Add a layer'));
  }

  /** Shows a neuron with its weights, which can be set. */
  choose(layer, i, input) {
    const s = this.scene, l = places(s)[layer - 1];
    if (!l) return;
    this.chosen = { layer, i, l };
    const field = (label, path, index, id) => {
      const box = el('input', { type: 'number', step: 'any', id, style: 'width:7.5em;display:block' });
      box.addEventListener('change', () => {
        if (box.value === '' || !Number.isFinite(Number(box.value))) return;
        this.set(path, index, Number(box.value));
      });
      return el('label', label, box);
    };
    this.fields = Array.from({ length: l.inputs }, (_, k) => field(layer === 1 ? (k ? 'y' : 'x') : `neuron ${k + 1}`, l.path, i * l.inputs + k, `weight-${k}`));
    this.fields.push(field('bias', l.biasPath, i, 'bias'));
    this.formula = el('p.mono', { id: 'formula', style: 'overflow-wrap:anywhere' });
    const name = nameOf(s, layer, i);
    this.neuron.replaceChildren(el('h2', name[0].toUpperCase() + name.slice(1)), this.formula,
      el('div.row', { style: 'align-items:end' }, this.fields), el('p.faint', { id: 'edits', style: 'margin:8px 0 0' }));
    this.fillNeuron();
    if (input !== undefined) this.fields[input === 'bias' ? l.inputs : input].querySelector('input').focus();
  }

  fillNeuron() {
    if (!this.frame || !this.chosen || !this.formula) return;
    const { layer, i, l } = this.chosen, w = this.frame.weights;
    const inputs = Array.from({ length: l.inputs }, (_, k) => w[l.weight + i * l.inputs + k]), bias = w[l.bias + i];
    this.fields.forEach((f, k) => {
      const box = f.querySelector('input');
      if (box !== document.activeElement || !this.going) box.value = String(Number((k < l.inputs ? inputs[k] : bias).toPrecision(6)));
    });
    const name = k => layer === 1 ? 'xy'[k] : 'h' + (k + 1);
    const terms = inputs.map((v, k) => `${k ? (v < 0 ? ' − ' : ' + ') + short(Math.abs(v)) : short(v)}·${name(k)}`).join('') + (bias < 0 ? ' − ' : ' + ') + short(Math.abs(bias));
    const hidden = this.hidden()[layer - 1];
    const says = this.place && this.place.activations && layer ? this.place.activations[this.scene.layers.slice(0, layer - 1).reduce((a, b) => a + b, 0) + i] : undefined;
    this.formula.textContent = (hidden ? `${hidden.activation}(${terms})` : terms) + (says === undefined ? '' : ` = ${short(says)} at the mark`);
    const edits = this.frame.edits ? this.frame.edits.split(',').length : 0, note = document.getElementById('edits');
    const text = edits ? `${edits} ${edits === 1 ? 'weight was' : 'weights were'} set by hand. ` : 'Type a number to set a weight by hand.';
    if (note && note.dataset.text !== text) {
      note.dataset.text = text;
      note.replaceChildren(text, edits ? el('button', { onclick: () => { this.current.edits = ''; this.open(0); } }, 'Forget that') : '');
    }
  }

  set(path, index, value) {
    return post('/api/playground/set', { session: this.session, path, index, value }).then(f => this.apply(f), e => this.lost(e));
  }

  // ---- the plane

  planeOptions() {
    return el('div.row', check('Discretise output', this.current.discrete, v => { this.current.discrete = v; this.keep(); this.paintPlane(); }),
      check('Show points for testing (hollow)', this.current.tested, v => { this.current.tested = v; this.keep(); this.paintPlane(); }));
  }

  hint() {
    return this.own ? 'Draw points: choose a class, then click on the plane, or go there with the arrow keys and press Enter.' : 'Point at a place to read what the network says there.';
  }

  /** What the library says of a place. */
  look(x, y) {
    if (x === null || !this.session || !this.frame || this.own && this.current.points.length < 12) { this.place = null; this.readout.textContent = this.hint(); return; }
    this.place = { x, y };
    if (this.asking) { this.askAgain = true; return; }
    this.asking = true;
    get('/api/playground/at', { session: this.session, x, y }).then(p => {
      if (!this.place) return;
      Object.assign(this.place, { activations: decode(p.activations) });
      const share = decode(p.share), s = this.scene;
      this.readout.textContent = `At (${p.x.toFixed(2)}, ${p.y.toFixed(2)}) it says ` + (s.classes.length ? s.classes.map((c, i) => `${c}: ${percent(share[i])}`).join(', ') : short(share[0])) + '.';
      this.fillNeuron();
    }).catch(() => {}).finally(() => {
      setTimeout(() => { this.asking = false; if (this.askAgain && this.place) { this.askAgain = false; this.look(this.place.x, this.place.y); } }, 50);
    });
  }

  drawConfusion() {
    const f = this.frame, s = this.scene, n = s.classes.length;
    if (!n) { this.confusion.replaceChildren(el('p', { style: 'margin:10px 0 0' }, 'R², the share of the variance that it explains: ', el('strong', f.score === undefined || f.score === null ? '–' : short(f.testScore ?? f.score)), f.testScore === undefined || f.testScore === null ? '' : ' (testing)')); return; }
    const key = f.confusion.join();
    if (key === this.confusionKey && this.confusion.firstChild) return;
    this.confusionKey = key;
    const mark = i => el('span', { 'aria-hidden': 'true', style: `display:inline-block;width:.8em;height:.8em;border-radius:3px;margin-right:6px;background:${classColour(i)}` });
    this.confusion.replaceChildren(el('table', { style: 'margin-top:10px' },
      el('caption.faint', { style: 'text-align:left' }, `Of the ${s.tested.some(t => t) ? 'points for testing' : 'points'}: rows what they are, columns what it says`),
      el('thead', el('tr', el('th', ''), s.classes.map((c, i) => el('th.number', { scope: 'col' }, mark(i), c)))),
      el('tbody', s.classes.map((c, i) => el('tr', el('th', { scope: 'row' }, mark(i), c),
        s.classes.map((_, j) => el('td.number', { style: i === j ? 'font-weight:650' : f.confusion[n * i + j] ? 'color:var(--bad)' : '' }, String(f.confusion[n * i + j]))))))));
  }

  // ---- curves

  makePlots() {
    this.plots?.forEach(p => p.destroy());
    const tested = this.scene.tested.some(t => t), score = this.values ? 'R²' : 'accuracy';
    const axis = { stroke: colour('faint'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line') }, font: '14px system-ui' };
    const plot = (label, range) => {
      const box = el('div', { role: 'img', 'aria-label': label + ' against steps' });
      this.charts.append(box);
      return new window.uPlot({
        width: Math.max(200, this.charts.clientWidth), height: 170, cursor: { drag: { x: true, y: false } }, legend: { live: false }, scales: { x: { time: false }, y: range ? { range } : {} },
        axes: [{ ...axis, size: 34 }, { ...axis, size: 54 }],
        series: [{ label: 'step' }, { label, stroke: colour('series-1'), width: 2, value: (_, v) => v == null ? '–' : short(v) },
          ...(tested ? [{ label: label + ', testing', stroke: colour('series-2'), width: 2, dash: [6, 4], value: (_, v) => v == null ? '–' : short(v) }] : [])],
      }, [[], [], ...(tested ? [[]] : [])], box);
    };
    this.charts.replaceChildren();
    this.plots = [plot('loss'), plot(score, this.values ? (_, low, high) => [Math.max(-1, Math.min(0, low)), Math.max(1, high)] : () => [0, 1.02])];
  }

  drawPlots() {
    const c = this.frame.curves, steps = Array.from(decode(c.steps)), tested = this.scene.tested.some(t => t);
    const line = text => Array.from(decode(text), v => Number.isFinite(v) ? v : null);
    this.plots[0].setData([steps, line(c.loss), ...(tested ? [line(c.testLoss)] : [])]);
    this.plots[1].setData([steps, line(c.score), ...(tested ? [line(c.testScore)] : [])]);
  }

  // ---- one's own points

  ownPoints() {
    const text = this.current.points, points = [], targets = [];
    for (let i = 0; i + 6 <= text.length; i += 6) {
      points.push((read(text, i) - 2048) / 1000, (read(text, i + 2) - 2048) / 1000);
      targets.push(this.values ? (read(text, i + 4) - 2048) / 1000 : read(text, i + 4));
    }
    return { points, targets };
  }

  setPoints(text, names) {
    if (text.length > 6 * this.offer.mostPoints) { say(`At most ${this.offer.mostPoints} points.`); return; }
    if (text.length > 6 * LONGEST_LINK && this.current.points.length <= 6 * LONGEST_LINK) say(`A link carries at most ${LONGEST_LINK} points: yours stay on this page alone.`);
    this.current.points = text;
    if (names !== undefined) this.current.names = names;
    if (this.scene) {
      const { points, targets } = this.ownPoints();
      Object.assign(this.scene, { points, targets, tested: targets.map(() => 0), classes: this.values ? [] : this.scene.classes });
      this.paintPlane();
    }
    this.current.edits = '';
    this.later(350);
  }

  add(x, y) { this.setPoints(this.current.points + word(thousandths(x)) + word(thousandths(y)) + word(this.values ? thousandths(this.brush) : this.brush)); }

  remove(x, y) {
    const { points } = this.ownPoints();
    let best = -1, distance = Infinity;
    for (let i = 0; 2 * i < points.length; i++) { const d = Math.hypot(points[2 * i] - x, points[2 * i + 1] - y); if (d < distance) { distance = d; best = i; } }
    if (best >= 0) this.setPoints(this.current.points.slice(0, 6 * best) + this.current.points.slice(6 * best + 6));
  }

  /** The points of a problem as one's own. */
  adopt() {
    const s = this.scene, values = this.values;
    const text = Array.from(s.targets, (t, i) => word(thousandths(s.points[2 * i])) + word(thousandths(s.points[2 * i + 1])) + word(values ? thousandths(t) : t)).join('');
    this.current.problem = values ? 'own-values' : 'own';
    this.drawData();
    this.setPoints(text, '');
  }

  ownControls() {
    const brushes = this.values ? [[-1, '−1'], [-0.5, '−0.5'], [0, '0'], [0.5, '0.5'], [1, '1']] : [0, 1, 2, 3, 4, 5].map(i => [i, this.current.names.split(',')[i] || String(i)]);
    const area = el('textarea', { rows: '4', placeholder: 'x,y,class\n0.5,0.2,red\n…', 'aria-label': 'A table: two columns of numbers and, as the last one, the answer' });
    const take = text => post('/api/playground/csv', { text }).then(p => {
      Object.assign(this.current, { problem: p.problem, loss: '' });
      this.setPoints(p.points, p.names);
      this.drawData();
      this.drawHow();
      say(p.summary);
    }).catch(() => {});
    const drop = el('details', el('summary', 'Take a table (CSV)'), area,
      el('div.row', { style: 'margin-top:6px' }, el('button', { onclick: () => take(area.value) }, 'Take it'),
        el('label.inline', 'or a file: ', el('input', { type: 'file', accept: '.csv,.txt,text/csv', style: 'max-width:190px', onchange: e => e.target.files[0]?.text().then(take) }))));
    this.data.ondragover = e => e.preventDefault();
    this.data.ondrop = e => { e.preventDefault(); e.dataTransfer.files[0]?.text().then(take); };
    return [el('div', el('p.faint', { style: 'margin:0 0 6px' }, this.values ? 'The value to draw' : 'The class to draw'),
      el('div.row', brushes.map(([value, label], i) => el('button', { 'aria-pressed': String(this.brush === value), style: this.values ? '' : `border-bottom:4px solid ${classColour(i)}`, onclick: e => {
        this.brush = value;
        for (const b of e.target.parentNode.children) b.setAttribute('aria-pressed', String(b === e.target));
      } }, label)))),
    el('p.faint', { style: 'margin:0' }, 'Click or drag on the plane; Shift and click takes a point away.'),
    el('button', { onclick: () => this.setPoints('', '') }, 'Clear all points'), drop];
  }

  // ---- as a program

  program() {
    const link = el('a', { href: '#', id: 'weights', onclick: e => { e.preventDefault(); location.assign('/api/playground/weights?session=' + this.session); } }, 'Download the weights (safetensors)');
    this.details = el('details', { ontoggle: () => this.fillProgram() }, el('summary', el('h2', { style: 'display:inline' }, 'As Java')),
      el('p', { style: 'margin-top:8px' }, 'The program that does exactly this, up to the step where it stands. Save it as ', el('code', 'Playground.java'), ' and run it with ', el('code', './cajal run Playground.java'), ': it prints the same numbers.'),
      el('div.row', el('button', { onclick: () => navigator.clipboard.writeText(this.java.textContent).then(() => say('Copied.')) }, 'Copy'),
        el('button', { onclick: () => this.saveJava() }, 'Save Playground.java'), link), this.java);
    return el('section.card', this.details);
  }

  saveJava() {
    const a = el('a', { href: URL.createObjectURL(new Blob([this.java.textContent], { type: 'text/plain' })), download: 'Playground.java' });
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 5000);
  }

  async fillProgram() {
    if (!this.details.open || !this.session || this.going) return;
    this.java.textContent = await get('/api/playground/java', { session: this.session }, this.fresh()).catch(e => { ignoreAborted(e); return this.java.textContent; });
  }
}
