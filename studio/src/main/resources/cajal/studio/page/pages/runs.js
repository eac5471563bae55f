// Runs: all trainings below a folder; one or several of them side by side, as they go on.
import { get, listen, post } from '../lib/api.js';
import { series } from '../lib/draw.js';
import { short } from '../lib/numbers.js';
import * as state from '../lib/state.js';
import { check, choice, el, number, say, slider } from '../lib/ui.js';
import { Charts } from './runs-charts.js';
import { Course, duration, smooth } from './runs-feed.js';
import { confusion, dead, spreads, worst } from './runs-net.js';

export const title = 'Runs';
export const DEFAULTS = { run: '', with: '', smooth: 0.6, log: false, axis: 'step', from: '', to: '', of: 'weights' };
const MOST = 6;
const STATES = { running: 'runs', paused: 'rests', finished: 'finished', early: 'stopped early, by itself', interrupted: 'stopped', failed: 'failed', lost: 'ended without a word', unknown: 'unknown' };
const ago = ms => { const s = (Date.now() - ms) / 1000; return s < 5 ? 'now' : s < 7200 ? duration(s) + ' ago' : new Date(ms).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' }); };
const others = text => (text ? text.split('|') : []);

export async function show(main) {
  const current = state.values(DEFAULTS);
  if (!current.run) return list(main);
  const room = new Room(main, current);
  await room.open();
  return () => room.end();
}

// ---- all runs

async function list(main) {
  const box = el('section.card', { id: 'runs', 'aria-busy': 'true' }), chosen = new Set();
  const compare = el('button.main', { disabled: true, onclick: () => { const [first, ...rest] = chosen; location.hash = '#/runs?' + new URLSearchParams({ run: first, ...(rest.length ? { with: rest.join('|') } : {}) }); } }, 'Compare');
  const folder = el('code');
  main.append(el('div.stack', el('section', el('h1', 'Runs'), el('p.faint', 'Every training that keeps its results below ', folder, ': ', el('code', './cajal train'), ' makes one; in a program, ', el('code', 'trainer.folder(…)'), '.')), box, el('div.row', compare, el('span.faint', `Choose up to ${MOST} of them to see their curves side by side.`))));
  let shown = '';
  const load = async () => {
    const found = await get('/api/runs').catch(() => null);
    if (!found) return;
    folder.textContent = found.folder;
    const now = JSON.stringify(found.runs.map(r => [r, ago(r.changed)]));
    if (now === shown) return;
    shown = now;
    const focused = document.activeElement?.dataset?.run, kind = document.activeElement?.tagName;
    box.replaceChildren(table(found.runs, chosen, () => { compare.disabled = !chosen.size; }));
    if (focused) [...box.querySelectorAll('[data-run]')].find(n => n.dataset.run === focused && n.tagName === kind)?.focus();
    box.setAttribute('aria-busy', 'false');
  };
  await load();
  const timer = setInterval(() => { if (!document.hidden) load(); }, 3000);
  return () => clearInterval(timer);
}

function table(runs, chosen, changed) {
  if (!runs.length) return el('p', 'There are none yet. Train something: ', el('code', './cajal train'), ', and it appears here.');
  const metric = r => Object.entries(r.figures).filter(([k]) => !k.endsWith('loss')).sort((a, b) => b[0].startsWith('validation_') - a[0].startsWith('validation_'))[0];
  return el('div.scroll', { tabindex: '0', role: 'region', 'aria-label': 'All runs' }, el('table',
    el('thead', el('tr', ['', 'Run', 'State', 'Epochs', 'Loss', 'Validation', 'Metric', 'Changed'].map((h, i) => el(i > 2 && i < 7 ? 'th.number' : 'th', { scope: 'col' }, h || el('span.hidden', 'Compare'))))),
    el('tbody', runs.map(r => {
      const m = metric(r), v = k => (k in r.figures ? short(Number(r.figures[k])) : '–');
      return el('tr',
        el('td', el('input', { type: 'checkbox', 'aria-label': 'Compare ' + r.name, 'data-run': r.name, checked: chosen.has(r.name), onchange: e => {
          if (e.target.checked && chosen.size >= MOST) { e.target.checked = false; say(`At most ${MOST} side by side.`); } else if (e.target.checked) chosen.add(r.name); else chosen.delete(r.name);
          changed();
        } })),
        el('th', { scope: 'row' }, el('a', { 'data-run': r.name, href: '#/runs?' + new URLSearchParams({ run: r.name }) }, r.name)),
        el('td', badge(r.state), r.trouble ? el('div.faint', { style: 'font-size:.875rem;width:max-content;max-width:min(44ch,60vw)' }, r.trouble) : null),
        el('td.number', r.epochs ? `${r.epoch} of ${r.epochs}` : String(r.epoch)), el('td.number', v('loss')), el('td.number', v('validation_loss')),
        el('td.number', m ? `${short(Number(m[1]))} ${m[0].replace(/^validation_/, '').replace(/_/g, ' ')}` : '–'), el('td', ago(r.changed)));
    }))));
}

const badge = name => el('span.badge', { class: `badge ${['running'].includes(name) ? 'live' : ['failed', 'lost'].includes(name) ? 'bad' : ''}`, 'data-state': name }, STATES[name] || name);

// ---- some runs

class Room {
  constructor(main, current) {
    Object.assign(this, { main, current, waiting: 0, seen: {} });
    this.courses = [...new Set([current.run, ...others(current.with)])].slice(0, MOST).map(n => new Course(n));
    this.keep = () => state.keep(this.current, DEFAULTS);
  }

  get course() { return this.courses[0]; }
  get live() { return ['running', 'paused'].includes(this.course.said); }

  async open() {
    const { current, main } = this;
    this.details = await get('/api/runs/run', { run: current.run });
    this.course.said = this.details.state.state;
    this.course.trouble = this.details.state.trouble;
    this.side();
    this.board = el('div.columns', { id: 'charts', 'aria-busy': 'true', style: 'grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr))' });
    this.charts = new Charts(this.board, range => this.zoom(range));
    this.inside = Object.fromEntries(['spreads', 'dead', 'confusion', 'worst'].map(k => [k, el('section.card', { 'data-card': k })]));
    main.append(el('div.with-side', this.sideBox, el('div.stack', this.board, this.inside.spreads,
      el('div.columns', { style: 'grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr))' }, el('div.stack', this.inside.confusion, this.inside.dead), this.inside.worst), this.facts())));
    if (current.from !== '' && current.to !== '') this.charts.range = [Number(current.from), Number(current.to)];
    this.draw();
    this.close = listen('/api/runs/events', { runs: this.courses.map(c => c.name).join('|') }, {
      anew: e => { this.courses[e.run].clear(); },
      lines: e => { const c = this.courses[e.run]; e.lines.forEach(l => c.add(l)); this.soon(); },
      state: e => { const c = this.courses[e.run]; c.said = e.state; c.trouble = e.trouble; c.version++; this.soon(); },
      ready: () => { this.ready = true; this.soon(); },
      refused: e => { this.close?.(); say(e.message); this.board.setAttribute('aria-busy', 'false'); },
    });
  }

  end() {
    this.close?.();
    clearTimeout(this.waiting);
    this.charts?.end();
  }

  soon() { this.waiting ||= setTimeout(() => { this.waiting = 0; this.draw(); }, this.ready ? 200 : 30); }

  // ---- what is chosen

  side() {
    const { current } = this, again = key => v => { current[key] = v; this.keep(); this.draw(); };
    this.head = el('div', { id: 'state' });
    this.said = el('p.faint', { id: 'said', role: 'status', 'aria-live': 'polite', style: 'margin:8px 0 0' });
    this.pause = el('button', { id: 'pause', onclick: () => this.wish(this.course.said === 'paused' ? 'go' : 'pause') }, 'Pause');
    this.rate = number('Learning rate', '', { min: 0, max: 1000 }, () => {});
    const set = el('button', { onclick: () => { const v = Number(this.rate.querySelector('input').value); if (v > 0) this.wish('rate', v); else say('A learning rate is above 0.'); } }, 'Set');
    this.controls = el('div', { id: 'controls' },
      el('div.row', this.pause, el('button', { onclick: () => this.wish('save') }, 'Save a checkpoint'), this.stopButton()),
      el('div.row', { style: 'align-items:flex-end;flex-wrap:nowrap;margin-top:8px' }, this.rate, set), this.said);
    this.range = el('div');
    this.along = el('details', el('summary', 'Compare with'));
    this.compare();
    this.sideBox = el('section.card.stack', this.head, this.controls,
      slider('Smoothing of the loss', current.smooth, { min: 0, max: 0.98, step: 0.02, text: v => (v ? Math.round(100 * v) + ' %' : 'none') }, again('smooth')),
      check('Logarithmic loss', current.log, again('log')),
      choice('Against', [{ value: 'step', label: 'steps' }, { value: 'epoch', label: 'epochs' }, { value: 'time', label: 'time' }], current.axis, v => { Object.assign(current, { axis: v, from: '', to: '' }); this.charts.range = null; this.keep(); this.draw(); }),
      this.range, this.along);
  }

  /** Asks twice: a stop ends the run. */
  stopButton() {
    const button = el('button', { id: 'stop', onclick: () => {
      if (button.dataset.sure) { delete button.dataset.sure; button.textContent = 'Stop'; this.wish('stop'); return; }
      button.dataset.sure = 'yes';
      button.textContent = 'Really stop?';
      setTimeout(() => { delete button.dataset.sure; button.textContent = 'Stop'; }, 4000);
    } }, 'Stop');
    return button;
  }

  async compare() {
    const found = await get('/api/runs').catch(() => ({ runs: [] }));
    const rest = found.runs.filter(r => r.name !== this.current.run).slice(0, 40);
    this.along.replaceChildren(el('summary', 'Compare with'), ...(rest.length ? rest.map(r => el('div', check(r.name, others(this.current.with).includes(r.name), on => {
      const names = others(this.current.with).filter(n => n !== r.name);
      if (on && names.length >= MOST - 1) { say(`At most ${MOST} side by side.`); return; }
      location.hash = '#/runs?' + this.address(on ? [...names, r.name] : names);
    }))) : [el('p.faint', 'There are no others.')]));
    this.along.open = others(this.current.with).length > 0;
  }

  address(names) {
    const all = { ...this.current, with: names.join('|') };
    return new URLSearchParams(Object.entries(all).filter(([k, v]) => String(v) !== String(DEFAULTS[k])));
  }

  async wish(what, value = 0) {
    const words = { pause: 'It is asked to rest after its step …', go: 'It is asked to go on …', stop: 'It is asked to stop after its step …', save: 'It is asked for a checkpoint …', rate: `It is asked for the rate ${short(value)} …` };
    await post('/api/runs/wish', { run: this.current.run, wish: what, value });
    this.said.textContent = words[what];
    this.asked = { what, saved: this.course.saved, rates: this.course.rates.length };
  }

  zoom(range) {
    Object.assign(this.current, range ? { from: String(Number(range[0].toPrecision(6))), to: String(Number(range[1].toPrecision(6))) } : { from: '', to: '' });
    this.charts.range = range;
    this.keep();
    this.draw();
  }

  // ---- what is shown

  draw() {
    const { current, course } = this;
    this.heading();
    this.section();
    this.charts.show(this.curves(), current.axis);
    const once = (key, version, make) => { if (this.seen[key] !== version) { this.seen[key] = version; this.inside[key].replaceChildren(...make()); } };
    const classes = this.details.classes;
    const kind = v => { current.of = v; this.keep(); this.draw(); this.inside.spreads.querySelector('select').focus(); };
    once('spreads', `${current.of} ${course.samples.length} ${course.samples.at(-1)?.step}`, () => spreads(course, current.of, kind));
    once('dead', String(course.samples.at(-1)?.step), () => dead(course));
    once('confusion', String(course.judged?.epoch), () => confusion(course, classes));
    once('worst', String(course.judged?.epoch), () => worst(course, classes));
    if (this.ready) this.board.setAttribute('aria-busy', 'false');
  }

  heading() {
    const { course } = this, last = course.last, start = course.start, step = course.steps.at(-1);
    const total = start ? start.epochs * start.batches : 0, done = last && total ? Math.min(1, last.step / total) : 0;
    const speed = course.steps.findLast(s => 'samples_per_second' in s)?.samples_per_second ?? course.epochs.at(-1)?.samples_per_second;
    const fact = (name, value) => el('div', el('span.faint', name + ' '), el('strong', { style: 'font-variant-numeric:tabular-nums' }, value));
    this.head.replaceChildren(
      el('a', { href: '#/runs' }, '‹ all runs'), el('h1', { style: 'overflow-wrap:anywhere' }, course.name), el('p', badge(course.said)),
      ...(course.trouble ? [el('p.bad', { style: 'font-size:.95rem' }, course.trouble)] : []),
      ...(total ? [el('div', { class: 'progress', role: 'progressbar', 'aria-label': 'How far it is', 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': String(Math.round(100 * done)) }, el('div.amount', { style: `width:${100 * done}%` }))] : []),
      ...(last ? [fact('step', last.step.toLocaleString('en') + (total ? ' of ' + total.toLocaleString('en') : '')),
        ...(start ? [fact('epoch', `${Math.min(start.epochs, Math.max(course.epochs.at(-1)?.epoch || 0, last.epoch))} of ${start.epochs}`)] : []),
        fact('trained for', duration(last.seconds)),
        ...(speed ? [fact('samples a second', Math.round(speed).toLocaleString('en'))] : []),
        ...(this.live && step ? [fact('time left', duration(step.left))] : [])] : []),
      ...course.warnings.slice(-3).map(w => el('p.faint', { style: 'font-size:.9rem' }, 'Warning: ' + w)));
    this.controls.hidden = !this.live;
    if (!this.live) return;
    this.pause.textContent = course.said === 'paused' ? 'Go on' : 'Pause';
    const input = this.rate.querySelector('input');
    if (document.activeElement !== input && !input.dataset.touched && step) input.value = String(Number(step.rate.toPrecision(6)));
    input.oninput = () => { input.dataset.touched = 'yes'; };
    const asked = this.asked;
    if (asked && (asked.what === 'pause' && course.said === 'paused' || asked.what === 'go' && course.said === 'running'
      || asked.what === 'save' && course.saved !== asked.saved || asked.what === 'rate' && course.rates.length > asked.rates)) {
      this.said.textContent = { pause: 'It rests.', go: 'It goes on.', save: `The checkpoint of step ${course.saved?.step.toLocaleString('en')} is written.`, rate: `The next step has the rate ${short(course.rates.at(-1)?.rate)}.` }[asked.what];
      if (asked.what === 'rate') delete input.dataset.touched;
      this.asked = null;
    }
  }

  section() {
    const { current } = this, key = [current.axis, current.from, current.to].join(' ');
    if (this.range.dataset.key === key) return;
    this.range.dataset.key = key;
    const given = current.from !== '' && current.to !== '';
    const set = k => v => {
      const range = { from: Number(current.from || 0), to: Number(current.to || this.charts.charts.values().next().value?.plot.scales.x.max || 1), [k]: v };
      if (range.to > range.from) this.zoom([range.from, range.to]);
    };
    this.range.replaceChildren(el('div.row', { style: 'flex-wrap:nowrap;align-items:flex-end' }, number('From', current.from, { min: 0, max: 1e12 }, set('from')), number('to', current.to, { min: 0, max: 1e12 }, set('to'))),
      given ? el('button.quiet', { style: 'margin-top:6px', onclick: () => this.zoom(null) }, 'Show the whole run') : el('p.faint', { style: 'font-size:.9rem;margin:4px 0 0' }, 'Or drag over a curve; a double click shows everything again.'));
  }

  curves() {
    const { current, courses, course } = this, axis = current.axis, many = courses.length > 1, charts = [];
    const named = (c, name) => (many ? `${c.name}: ${name}` : name);
    const loss = courses.flatMap((c, i) => {
      const steps = c.curve(c.steps, l => l.loss, axis), raw = steps.x.length > 1 ? steps : c.curve(c.epochs, l => l.loss, axis), name = steps.x.length > 1 ? 'loss of a batch' : 'loss of an epoch';
      const valid = c.curve(c.epochs, l => l.validation_loss, axis), one = { colour: series(many ? i : 0) };
      return [...(current.smooth > 0 && !many ? [{ ...raw, ...one, name: name + ' as it is', faint: true }] : []),
        { ...smooth(raw, current.smooth), ...one, name: named(c, current.smooth > 0 ? name + ', smoothed' : name), key: 'loss' + i },
        ...(valid.x.length ? [{ ...valid, colour: series(many ? i : 1), dash: [6, 4], name: named(c, 'validation loss'), key: 'validation' + i }] : [])];
    });
    charts.push({ key: 'loss', title: 'Loss', log: current.log, lines: loss });
    for (const m of [...new Set(courses.flatMap(c => c.metrics))]) {
      charts.push({ key: 'metric-' + m, title: m === 'r2' ? 'R²' : m.replace(/_/g, ' ').replace(/^./, a => a.toUpperCase()), lines: courses.flatMap((c, i) => {
        const train = c.curve(c.epochs, l => l[m], axis), valid = c.curve(c.epochs, l => l['validation_' + m], axis);
        return [...(train.x.length ? [{ ...train, colour: series(many ? i : 0), name: named(c, 'training'), key: 'training' + i }] : []),
          ...(valid.x.length ? [{ ...valid, colour: series(many ? i : 1), dash: [6, 4], name: named(c, 'validation'), key: 'validation' + i }] : [])];
      }) });
    }
    const single = (key, title, of, note, log, from = c => c.steps) => {
      const lines = courses.map((c, i) => ({ ...c.curve(from(c), of, axis), colour: series(i), name: many ? c.name : title.toLowerCase(), key: key + i })).filter(l => l.x.length);
      if (lines.length) charts.push({ key, title, note, log, lines });
    };
    const some = c => (c.steps.length > 1 ? c.steps : c.epochs);
    single('rate', 'Learning rate', l => l.rate, 'How far a step goes.', false, some);
    single('gradient', 'Length of the gradient', l => l.gradient_norm, 'All slopes taken as one arrow: how steep it is where the run stands.', true, c => c.samples);
    const paths = (course.samples.at(-1)?.parameters || []).filter(p => /weight$/.test(p.path)).map(p => p.path).slice(0, 6);
    if (paths.length) {
      charts.push({ key: 'ratio', title: 'Update to weight', note: 'How much a step changes the weights of a layer, as a share of their size. Around 0.001 is usual; far less hardly learns, far more shakes.', log: true,
        lines: paths.map((p, i) => ({ ...course.curve(course.samples, s => s.parameters.find(q => q.path === p)?.ratio, axis), colour: series(i), name: p, key: p })) });
    }
    single('speed', 'Samples a second', l => l.samples_per_second, null, false, some);
    return charts;
  }

  facts() {
    const { settings, environment, files, folder } = this.details;
    const rows = (label, list) => el('section.card', el('h2', label), list.length ? el('div.scroll', { tabindex: '0', role: 'region', 'aria-label': label }, el('table', el('tbody', list.map(r => el('tr', el('th', { scope: 'row', style: 'font-weight:400' }, r.name), el('td', { style: 'overflow-wrap:anywhere' }, r.value)))))) : el('p.faint', 'Nothing is written down.'));
    return el('div.columns', { id: 'facts' }, rows('Settings', settings), rows('Environment', environment),
      rows('Files', [{ name: 'folder', value: folder }, ...files.map(f => ({ name: f.name, value: Number(f.value).toLocaleString('en') + ' bytes' }))]));
  }
}
