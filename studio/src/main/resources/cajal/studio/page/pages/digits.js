// Digits: a picture flows forward through a network, and the error flows back.
import { get, ignoreAborted, newest, post } from '../lib/api.js';
import { grey, sheet } from '../lib/heat.js';
import { decode, encodeBytes, percent, short } from '../lib/numbers.js';
import * as state from '../lib/state.js';
import { choice, el, slider } from '../lib/ui.js';
import * as cards from './digits-cards.js';
import { isMaps, nameOf, network, sizeOf } from './digits-net.js';
import { inkOf, pad } from './digits-pad.js';

export const title = 'Digits';
const DEFAULTS = { model: '', moment: 'trained', sample: -1, ink: '', answer: '', view: 'forward', layer: -1, neuron: '', rate: 0.01, updates: 0 };
const MOST_UPDATES = 50;
const REST = 250; // milliseconds without a change, after which all cards follow

export async function show(main) {
  const current = state.values(DEFAULTS);
  const choices = await get('/api/digits');
  if (!choices.models.some(m => m.id === current.model)) current.model = '';
  if (!current.ink && current.sample < 0) current.sample = (await get('/api/digits/sample', { label: 7, after: -1 })).sample;
  const room = new Room(main, current, choices);
  room.frame();
  room.open().catch(ignoreAborted);
  return () => room.end();
}

class Room {
  constructor(main, current, choices) {
    Object.assign(this, { main, current, choices, ended: false, ready: null, pass: null, back: null, timer: 0, player: 0, running: false, waiting: null });
    this.fresh = newest();
    this.freshNeuron = newest();
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    clearInterval(this.player);
    this.sizes?.disconnect();
  }

  keep() { state.keep(this.current, DEFAULTS); }

  ask(extra = {}) {
    const c = this.current;
    if (this.inked !== c.ink) {
      this.inked = c.ink;
      this.pixels = c.ink ? encodeBytes(inkOf(c.ink, this.choices.side)) : '';
    }
    return { model: c.model, moment: c.moment, ink: this.pixels, sample: Math.max(0, c.sample), answer: c.answer, rate: c.rate, updates: c.updates, ...extra };
  }

  // ---- the frame

  frame() {
    const c = this.current;
    this.sheet = pad(c.ink, (ink, time) => this.drawn(ink, time));
    this.seen = el('div.seen');
    this.side = el('section.card.stack');
    this.net = el('section.card', { 'aria-busy': 'true' });
    this.box = el('div.net');
    this.neuronCard = el('section.card', { 'aria-live': 'off', id: 'neuron' });
    this.lessonCard = el('section.card', { id: 'lesson' });
    this.normsCard = el('section.card');
    this.saliencyCard = el('section.card');
    this.momentsCard = el('section.card');
    this.kernelsCard = el('section.card', { hidden: true });
    this.wait = el('section.card', { hidden: true, role: 'status', 'aria-live': 'polite' });
    this.momentBox = el('div');
    this.side.append(
      el('h1', 'Digits'),
      el('p.faint', 'Draw a digit. Watch the network read it, and learn from it.'),
      this.sheet.node,
      el('div.row.spread', el('button', { onclick: () => this.sheet.clear(), id: 'clear' }, 'Clear'), el('span.faint', { id: 'latency' })),
      el('div', el('p.faint', { style: 'margin-bottom:4px' }, 'Or take a test digit:'),
        el('div', { style: 'display:grid;grid-template-columns:repeat(5,1fr);gap:4px' }, Array.from({ length: 10 }, (_, k) =>
          el('button.small', { 'aria-label': `Take a ${k}`, onclick: () => this.sample(k) }, String(k))))),
      el('div.row', { style: 'flex-wrap:nowrap' }, this.seen,
        el('p.faint', { style: 'margin:0' }, 'What the network sees: the ink, cut out, made 20 pixels large and put in the middle of 28 × 28.')),
      choice('Network', this.choices.models.map(m => ({ value: m.id, label: m.label })), c.model || this.choices.models[0].id, id => this.model(id)),
      this.momentBox);
    this.tabs = ['forward', 'backward'].map(v => el('button', { id: v, onclick: () => this.view(v) }, v === 'forward' ? 'Forward' : 'Backward'));
    this.caption = el('p', { id: 'caption', role: 'status', 'aria-live': 'polite' });
    this.play = el('button', { id: 'play', onclick: () => this.playing() }, '▶ Play');
    this.net.append(
      el('div.row.spread', el('div.row', { role: 'group', 'aria-label': 'Direction' }, this.tabs),
        el('div.row', { role: 'group', 'aria-label': 'Layer by layer' },
          el('button', { 'aria-label': 'One layer back', onclick: () => this.step(-1) }, '◀'), this.play,
          el('button', { 'aria-label': 'One layer on', onclick: () => this.step(1) }, '▸'),
          el('button', { onclick: () => this.layer(-1) }, 'All'))),
      this.caption, this.box);
    this.cards = el('div.columns.digit-cards', this.neuronCard, this.lessonCard, this.normsCard, this.saliencyCard, this.momentsCard, this.kernelsCard);
    this.main.append(el('div.with-side', this.side, el('div.stack', this.wait, this.net, this.cards)));
    this.drawing = network(this.box, (column, index) => this.choose(column, index));
    this.sizes = new ResizeObserver(() => { if (this.pass && this.width !== this.box.clientWidth) this.paint(); });
    this.sizes.observe(this.box);
  }

  moments() {
    const names = this.ready.moments, at = Math.max(0, names.indexOf(this.current.moment));
    const input = slider('Training', at, { min: 0, max: names.length - 1, text: i => names[i] }, i => this.moment(names[i]));
    input.querySelector('input').id = 'moment';
    this.momentBox.replaceChildren(input, el('p.faint', { style: 'margin:4px 0 0' }, this.ready.layers, `: ${this.ready.parameters.toLocaleString('en')} weights and biases.`));
  }

  // ---- what a person does

  async open() {
    this.net.hidden = this.cards.hidden = true;
    for (;;) {
      this.ready = await post('/api/digits/ready', { model: this.current.model });
      if (this.ended) return;
      if (this.ready.ready) break;
      this.wait.hidden = false;
      this.wait.replaceChildren(el('h2', 'A network is learning right now'),
        el('p', `Step ${this.ready.done} of ${this.ready.steps}: each looks at 32 digits and moves every weight a little.`),
        el('progress', { value: this.ready.done, max: this.ready.steps, 'aria-label': 'Training', style: 'width:100%' }));
      await new Promise(done => setTimeout(done, 200));
    }
    this.wait.hidden = true;
    this.net.hidden = this.cards.hidden = false;
    if (!this.ready.moments.includes(this.current.moment)) this.current.moment = 'trained';
    this.moments();
    await this.look();
  }

  drawn(ink, time) {
    Object.assign(this.current, { ink, sample: -1, answer: '', updates: 0 });
    this.look(time, true);
  }

  async sample(label) {
    const next = await get('/api/digits/sample', { label, after: this.current.sample });
    Object.assign(this.current, { sample: next.sample, ink: '', answer: '', updates: 0 });
    this.sheet.show('');
    this.look();
  }

  model(id) {
    Object.assign(this.current, { model: id, moment: 'trained', updates: 0, neuron: '', layer: -1 });
    this.keep();
    clearInterval(this.player);
    this.open().catch(ignoreAborted);
  }

  moment(name) {
    Object.assign(this.current, { moment: name, updates: 0 });
    this.moments();
    this.look();
  }

  view(name) {
    Object.assign(this.current, { view: name, layer: -1 });
    this.look();
  }

  choose(column, index) {
    const neuron = column + '.' + index;
    if (neuron === this.current.neuron) return;
    this.current.neuron = neuron;
    this.keep();
    clearTimeout(this.hover);
    this.hover = setTimeout(() => this.neuron().catch(ignoreAborted), 40);
  }

  // ---- layer by layer

  get backward() { return this.current.view === 'backward'; }

  layer(at) {
    clearInterval(this.player);
    this.player = 0;
    this.play.textContent = '▶ Play';
    this.current.layer = at;
    this.keep();
    if (this.pass) this.paint();
  }

  /** One layer on in the direction of the flow. */
  step(by) {
    if (!this.pass) return;
    const n = this.pass.columns.length, way = this.backward ? -by : by;
    const from = this.current.layer < 0 ? (this.backward ? n : -1) : this.current.layer;
    this.layer(Math.max(0, Math.min(n - 1, by < 0 && this.current.layer < 0 ? (this.backward ? 0 : n - 1) : from + way)));
  }

  playing() {
    if (this.player) return this.layer(this.current.layer);
    if (!this.pass) return;
    const n = this.pass.columns.length;
    let at = this.backward ? n - 1 : 0;
    const next = () => {
      if (at < 0 || at >= n) return this.layer(-1);
      this.current.layer = at;
      this.paint();
      at += this.backward ? -1 : 1;
    };
    next();
    this.play.textContent = '❚❚ Pause';
    this.player = setInterval(next, 2200);
  }

  // ---- what the server says

  /** Looks again: one request at a time, and the newest state last. */
  async look(time, live) {
    this.keep();
    this.net.setAttribute('aria-busy', 'true');
    clearTimeout(this.timer);
    if (this.running) {
      this.waiting = { time, live };
      return;
    }
    this.running = true;
    try {
      if (this.current.ink || this.current.sample >= 0) await this.forward(time);
      else this.empty();
    } finally {
      this.running = false;
      if (this.waiting) {
        const { time: t, live: l } = this.waiting;
        this.waiting = null;
        this.look(t, l);
      } else if (!this.ended) {
        this.timer = setTimeout(() => this.rest().catch(ignoreAborted), live ? REST : 0);
      }
    }
  }

  empty() {
    this.seen.replaceChildren();
    this.caption.textContent = 'The sheet is empty: draw a digit.';
  }

  async forward(time) {
    if (!this.ready?.ready) return;
    const pass = await post('/api/digits/forward', this.ask());
    if (this.ended) return;
    pass.p = decode(pass.probabilities);
    pass.values = pass.columns.map(c => decode(c.values));
    this.pass = pass;
    if (!this.backward) this.paint();
    const seen = sheet(decode(pass.picture), 28, 28, 1, grey(), 1, 0);
    seen.setAttribute('role', 'img');
    seen.setAttribute('aria-label', 'What the network sees');
    this.seen.replaceChildren(seen);
    if (time) {
      this.latency = performance.now() - time;
      document.getElementById('latency').textContent = `${this.latency.toFixed(0)} ms from hand to neurons`;
    }
  }

  /** The cards follow when the hand rests. */
  async rest() {
    if (!this.pass || !(this.current.ink || this.current.sample >= 0)) return this.net.setAttribute('aria-busy', 'false');
    const signal = this.fresh(), ask = this.ask();
    this.lessonCard.hidden = this.normsCard.hidden = !this.backward;
    for (const c of [this.lessonCard, this.normsCard, this.saliencyCard, this.momentsCard]) c.setAttribute('aria-busy', 'true');
    const [back, saliency, moments] = await Promise.all([
      post('/api/digits/backward', ask, signal), post('/api/digits/saliency', ask, signal), post('/api/digits/moments', ask, signal)]);
    if (this.ended) return;
    this.back = back;
    const classes = this.ready.classes, pass = this.pass, c = this.current;
    if (this.backward) {
      cards.lesson(this.lessonCard, { back, pass, classes, rate: c.rate, updates: c.updates, most: MOST_UPDATES,
        choose: answer => { c.answer = answer; c.updates = 0; this.look(); },
        move: updates => { c.updates = updates; if (!c.answer) c.answer = classes[back.answer]; this.look(); },
        setRate: rate => { c.rate = rate; this.look(); } });
      cards.norms(this.normsCard, { back, pass, rate: c.rate });
    }
    cards.saliency(this.saliencyCard, { saliency, pass, classes });
    cards.moments(this.momentsCard, { moments, classes, current: c.moment, choose: name => this.moment(name) });
    cards.kernels(this.kernelsCard, pass.columns);
    this.paint();
    await this.neuron();
    for (const card of [this.net, this.lessonCard, this.normsCard, this.saliencyCard, this.momentsCard]) card.setAttribute('aria-busy', 'false');
  }

  /** The neuron that is looked at: the one that was chosen, or the strongest of the first layer. */
  chosen() {
    const [column, index] = this.current.neuron.split('.').map(Number), columns = this.pass.columns;
    if (column > 0 && column < columns.length && index >= 0 && index < sizeOf(columns[column])) return [column, index];
    return [1, window.d3.maxIndex(this.pass.values[1])];
  }

  async neuron() {
    if (!this.pass) return;
    const signal = this.freshNeuron(), [column, index] = this.chosen(), c = this.pass.columns[column];
    this.drawing.mark(column, index);
    this.neuronCard.setAttribute('aria-busy', 'true');
    const unit = isMaps(c) ? Math.floor(index / (c.shape[1] * c.shape[2])) : index;
    const [formula, exciting] = await Promise.all([
      post('/api/digits/neuron', this.ask({ column, neuron: index, backward: this.backward }), signal),
      post('/api/digits/exciting', this.ask({ column, neuron: unit }), signal)]);
    if (this.ended) return;
    cards.neuron(this.neuronCard, { columns: this.pass.columns, column, index, formula, excited: exciting.pictures, classes: this.ready.classes });
    this.neuronCard.setAttribute('aria-busy', 'false');
  }

  // ---- the picture of the network

  paint() {
    const pass = this.pass, n = pass.columns.length, back = this.backward && this.back;
    const shown = this.current.layer < 0 ? (back ? -1 : n) : Math.min(n - 1, this.current.layer);
    this.width = this.box.clientWidth;
    this.tabs.forEach((t, i) => t.setAttribute('aria-pressed', String(this.backward === (i === 1))));
    this.drawing.show({
      pass, classes: this.ready.classes, backward: Boolean(back), shown,
      values: back ? back.flows.map(f => f.values ??= decode(f.delta)) : pass.values,
      links: (back ? back.flows : pass.columns).map(c => c.links),
      norms: back ? back.flows.map(f => f.norm) : [],
      was: this.current.updates && this.back ? decode(this.back.before.probabilities) : null,
      answer: this.backward || this.current.answer ? this.back?.answer ?? -1 : -1,
    });
    this.caption.textContent = back ? this.told(shown) : this.says(shown);
  }

  says(shown) {
    const { columns, p, best } = this.pass, classes = this.ready.classes, n = columns.length;
    const verdict = `It says ${classes[best]}, with ${percent(p[best])}.`;
    if (shown >= n) return verdict;
    const c = columns[shown], before = shown ? sizeOf(columns[shown - 1]) : 0;
    if (shown === 0) return 'The picture is 28 × 28 = 784 numbers: 0 is paper, 1 is ink.';
    if (shown === n - 1) return `Output: a score for each class. Softmax makes probabilities of them that add up to 1. ${verdict}`;
    const name = nameOf(columns, shown);
    if (c.kind === 'dense') return `${name}: each of ${sizeOf(c)} neurons multiplies ${before} numbers with its weights and adds them up. ${c.firing} come out above 0 and light up.`;
    if (c.kind === 'maps') return `${name}: ${c.shape[0]} kernels slide over what comes in. Each map lights up where its pattern is.`;
    if (c.kind === 'pool') return `${name}: each map shrinks; of neighbours the largest stays. Where exactly a pattern was matters less now.`;
    return `${name}: ${c.layers}.`;
  }

  told(shown) {
    const { flows, answer, p } = this.back, columns = this.pass.columns, n = columns.length, name = this.ready.classes[answer];
    if (shown < 0) return `The right answer is ${name}; p is ${percent(p)}. Orange: this number should fall. Blue: it should rise.`;
    if (shown === n - 1) return `The error begins at the output: for ${name} it pulls up (blue), for all others down (orange).`;
    if (shown === 0) return 'At the picture: how the loss would change with each pixel.';
    return `${nameOf(columns, shown)}: each neuron gets the errors of the layer above, times the weights that led there, times the slope of its activation. |error| = ${short(flows[shown].norm)}.`;
  }
}
