// Model: any network taken apart.
import { get, ignoreAborted, newest, post, send } from '../lib/api.js';
import * as state from '../lib/state.js';
import { short } from '../lib/numbers.js';
import { choice, el, fill, say } from '../lib/ui.js';
import { canOpen, draw, parent, spread, tree } from './model-graph.js';
import { weights } from './model-weights.js';

export const title = 'Model';
const DEFAULTS = { model: '', at: '', open: '', heat: 'none', batch: 8 };
const PIECE = 2 << 20, SHOWN = 8, ROWS = 400;
const HEATS = [
  { value: 'none', label: 'nothing' }, { value: 'numbers', label: 'parameters' }, { value: 'results', label: 'memory of results' },
  { value: 'multiplyAdds', label: 'multiply-adds' }, { value: 'forward', label: 'time forward (measured)' }, { value: 'backward', label: 'time backward (measured)' },
];

/** A count for a person: 40.8 M. */
export function count(n) {
  for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]]) if (n >= size) return short(Number((n / size).toPrecision(3))) + ' ' + unit;
  return String(n);
}
export function bytes(n) {
  for (const [unit, size] of [['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]]) if (n >= size) return short(Number((n / size).toPrecision(3))) + ' ' + unit;
  return n + ' B';
}
const time = ms => ms === undefined ? '' : short(Number(ms.toPrecision(3))) + ' ms';

export async function show(main) {
  const current = state.values(DEFAULTS);
  const { models, largest } = await get('/api/model');
  let scene, all, times = null;
  const fresh = newest(), freshWeights = newest(), freshTimes = newest();
  const open = new Set(current.open.split(',').filter(Boolean));
  const beside = el('div.beside'), side = el('section.card.stack'), facts = el('section.card'), graph = el('section.card'), table = el('section.card'), tensors = el('section.card'), detail = el('section.card', { id: 'detail' }), heard = el('p.hidden', { role: 'status' });
  const known = m => models.some(o => o.id === m) || m.startsWith('upload:');
  if (!known(current.model)) current.model = models[0].id;
  const keep = () => { current.open = [...open].join(','); state.keep(current, DEFAULTS); };

  const file = el('input', { type: 'file', accept: '.safetensors,.npz,.npy', onchange: () => file.files[0] && upload(file.files[0]) });
  async function upload(f) {
    if (f.size > largest) { say(`${f.name} has ${bytes(f.size)}; a file that is dropped here has at most ${bytes(largest)}. Put it into the folder of runs.`); return; }
    side.setAttribute('aria-busy', 'true');
    try {
      const { id } = await post('/api/model/file', { name: f.name, size: f.size });
      for (let at = 0; at < f.size; at += PIECE) await send('/api/model/piece', { model: id, at }, f.slice(at, at + PIECE));
      models.unshift({ id, label: f.name });
      await choose(id);
    } finally { side.setAttribute('aria-busy', 'false'); }
  }
  const drop = e => { e.preventDefault(); if (e.dataTransfer?.files[0]) upload(e.dataTransfer.files[0]).catch(ignoreAborted); };
  const over = e => e.preventDefault();
  main.addEventListener('drop', drop);
  main.addEventListener('dragover', over);

  async function choose(id) {
    Object.assign(current, { model: id, at: '' });
    open.clear();
    keep();
    await load();
  }

  function controls() {
    const label = models.some(m => m.id === current.model) ? [] : [{ id: current.model, label: scene.label }];
    const measure = el('button', { id: 'measure', onclick: () => measured().catch(ignoreAborted) }, 'Measure times');
    fill(side, 
      el('h1', 'Model'),
      el('p.faint', 'A network is layers, layers are operations, and what it has learned is in its weights.'),
      choice('Model', [...label, ...models].map(m => ({ value: m.id, label: m.label })), current.model, v => choose(v).catch(ignoreAborted)),
      el('label', 'Or a file of yours (safetensors, npz; dropping it on the page works too)', file),
      scene.why ? null : [
        choice('Colour the layers by', HEATS, current.heat, v => { current.heat = v; keep(); paint().catch(ignoreAborted); }),
        choice('Inputs in a measured pass', ['1', '8', '32', '128'], String(current.batch), v => { current.batch = Number(v); times = null; keep(); paint().catch(ignoreAborted); }),
        el('div.row', measure)]);
  }

  async function measured() {
    graph.setAttribute('aria-busy', 'true');
    try {
      times = await post('/api/model/times', { model: current.model, batch: current.batch }, freshTimes());
      spread(all, scene, times);
      if (current.heat !== 'forward' && current.heat !== 'backward') { current.heat = 'forward'; keep(); controls(); }
      render();
    } finally { graph.setAttribute('aria-busy', 'false'); }
  }

  async function load() {
    side.setAttribute('aria-busy', 'true');
    fill(facts, el('p.faint', 'Reading…'));
    for (const card of [graph, table, tensors, detail]) card.hidden = true;
    try {
      scene = await get('/api/model/scene', { model: current.model }, fresh());
    } catch (e) {
      if (e.name === 'AbortError') throw e;
      scene = { label: current.model, why: e.message, input: '', classes: [], layers: [], operations: [], multiplyAdds: 0, tensors: [], bytes: 0, told: [] };
    }
    all = tree(scene);
    times = null;
    for (const p of [...open]) if (!all.has(p)) open.delete(p);
    controls();
    await paint();
    side.setAttribute('aria-busy', 'false');
  }

  async function paint() {
    if ((current.heat === 'forward' || current.heat === 'backward') && !times && !scene.why) await measured();
    else render();
  }

  const value = n => n.kind === 'operation' ? of(scene.operations[n.operation], n.operation) : n.layer ? n.layer[current.heat] || 0 : 0;
  const of = (o, i) => current.heat === 'multiplyAdds' ? o.multiplyAdds : current.heat === 'results' ? o.bytes : current.heat === 'forward' && times ? times.forward[i] : 0;
  const note = n => current.heat === 'none' || !value(n) ? '' : current.heat === 'results' ? bytes(value(n)) : current.heat === 'forward' || current.heat === 'backward' ? time(value(n)) : count(value(n));

  function toggle(path) {
    if (open.has(path)) { for (const p of [...open]) if (p === path || p.startsWith(path + '.')) open.delete(p); } else open.add(path);
    keep();
    render();
  }
  function pick(key) {
    current.at = key;
    keep();
    render();
    details().catch(ignoreAborted);
  }

  // Where the main column stands in the middle of what is seen; who scrolled away from it stays as far away.
  const middle = box => Math.max(0, Math.min(box.scrollWidth - box.clientWidth, Number(box.firstChild.dataset.middle) - box.clientWidth / 2));

  function render() {
    overview();
    for (const card of [graph, table]) card.hidden = Boolean(scene.why);
    tensors.hidden = !scene.tensors.length || !scene.why;
    beside.classList.toggle('listed', Boolean(scene.why));
    if (scene.why) { list(); return; }
    const place = graph.querySelector('.scroll'), top = place?.scrollTop || 0, aside = place ? place.scrollLeft - middle(place) : 0;
    const drawn = draw(all, scene, open, { value: n => current.heat === 'none' ? 0 : value(n), note, chosen: current.at, pick, toggle });
    const scroll = el('div.scroll.graph', { tabIndex: 0, role: 'region', 'aria-label': 'The graph, to be scrolled' }, drawn);
    fill(graph, el('h2', 'The graph'), el('p.faint', 'Data flow from the top down. + opens a layer, a click on its frame closes it; a click on a box shows its weights.'), scroll);
    scroll.scrollTop = top;
    scroll.scrollLeft = middle(scroll) + aside;
    rows();
    if (!detail.firstChild || detail.dataset.at !== current.model + ' ' + current.at) details().catch(ignoreAborted);
  }

  function overview() {
    const root = all.get('');
    const fact = (what, v) => v !== '' && el('div', el('dt.faint', what), el('dd', v));
    fill(facts, el('h2', scene.label),
      scene.why ? el('p', { id: 'why', style: 'white-space:pre-wrap' }, scene.why, scene.tensors.length ? ' Its tensors are listed below, with their figures and pictures.' : '') : null,
      el('dl.facts', { id: 'facts' }, root ? [
        fact('input', scene.input), fact('output', root.output.replace(/^\(1, ?/, '(')), fact('parameters', root.numbers.toLocaleString('en')),
        fact('memory of weights', bytes(root.bytes)), fact('memory of results, an input', bytes(root.results)),
        fact('multiply-adds, an input', count(scene.multiplyAdds)), fact('that is', count(2 * scene.multiplyAdds) + 'FLOP'),
        times && fact(`forward, ${times.batch} at once`, time(root.forward)), times && times.backwardPasses > 0 && fact('backward', time(root.backward)),
      ] : [fact('tensors', scene.tensors.length.toLocaleString('en')), fact('memory', bytes(scene.bytes))]),
      times && el('p.faint', { id: 'measured' }, `Times are medians of ${times.forwardPasses} passes forward${times.backwardPasses ? ` and ${times.backwardPasses} back` : ''}, on this computer, now.`, times.why ? ' No way back: ' + times.why : ''),
      scene.classes.length ? el('p.faint', 'Classes: ' + scene.classes.slice(0, 20).join(', ') + (scene.classes.length > 20 ? ', …' : '')) : null,
      scene.told.length ? el('details', el('summary', scene.why ? 'What the file says beside its tensors' : 'How it was trained'),
        el('dl.facts', scene.told.map(t => fact(t.name, t.text)))) : null);
  }

  function rows() {
    const body = [], measuredNow = Boolean(times);
    const add = (cells, key, depth, opener) => {
      const name = el('td', { style: `padding-left:${8 + 16 * depth}px;white-space:nowrap` }, opener, el('button.link', { onclick: () => pick(key), 'aria-current': key === current.at ? 'true' : 'false', 'data-pick': key }, cells[0]));
      body.push(el(key === current.at ? 'tr.chosen' : 'tr', name, cells.slice(1).map((c, i) => el(i > 1 ? 'td.number' : 'td', c))));
    };
    const walk = layer => {
      const depth = layer.depth;
      const isOpen = layer.path === '' || open.has(layer.path);
      const opener = layer.path && canOpen(layer) ? el('button.opener', { 'aria-expanded': String(isOpen), 'aria-label': (isOpen ? 'Close ' : 'Open ') + layer.path, 'data-open': layer.path, onclick: () => { toggle(layer.path); table.querySelector(`[data-open="${CSS.escape(layer.path)}"]`)?.focus(); } }, isOpen ? '−' : '+') : el('span.opener');
      add([layer.path ? layer.path.slice(layer.path.lastIndexOf('.') + 1) : 'whole network', layer.layer, (layer.output || (layer.parts.length ? '' : 'not called')) + (layer.calls > 1 ? ' × ' + layer.calls : ''),
        layer.numbers ? layer.numbers.toLocaleString('en') + (layer.frozen ? ' (frozen)' : '') : '', layer.bytes ? bytes(layer.bytes) : '', layer.results ? bytes(layer.results) : '', layer.multiplyAdds ? count(layer.multiplyAdds) : '',
        ...(measuredNow ? [time(layer.forward), layer.backward ? time(layer.backward) : ''] : [])], layer.path, depth, opener);
      if (!isOpen) return;
      layer.parts.forEach(walk);
      if (layer.path) layer.operations.forEach(i => operation(i, depth + 1));
    };
    const operation = (i, depth) => {
      const o = scene.operations[i];
      add([o.op, o.attributes.length > 40 ? o.attributes.slice(0, 39) + '…' : o.attributes, o.output, '', '', o.bytes ? bytes(o.bytes) : '', o.multiplyAdds ? count(o.multiplyAdds) : '', ...(measuredNow ? [time(times.forward[i]), ''] : [])], 'op' + i, depth, el('span.opener'));
    };
    walk(all.get(''));
    const heads = ['name', 'layer or operation', 'output', 'parameters', 'memory', 'results', 'multiply-adds', ...(measuredNow ? ['forward', 'backward'] : [])];
    fill(table, el('h2', 'The layers'), el('div.scroll', { tabIndex: 0, role: 'region', 'aria-label': 'The table of layers' }, el('table', { id: 'layers' },
      el('thead', el('tr', heads.map((h, i) => el(i > 2 ? 'th.number' : 'th', { scope: 'col' }, h)))), el('tbody', body.slice(0, ROWS)))),
    body.length > ROWS ? el('p.faint', `The first ${ROWS} of ${body.length} rows: close some layers.`) : null);
  }

  function list() {
    const shown = scene.tensors.slice(0, ROWS);
    fill(tensors, el('h2', 'The tensors'), el('div.scroll.graph', { tabIndex: 0, role: 'region', 'aria-label': 'The table of tensors' }, el('table', { id: 'tensors' },
      el('thead', el('tr', ['name', 'shape', 'type', 'numbers', 'memory'].map((h, i) => el(i > 2 ? 'th.number' : 'th', { scope: 'col' }, h)))),
      el('tbody', shown.map(t => el(t.name === current.at ? 'tr.chosen' : 'tr', el('td', el('button.link', { onclick: () => pick(t.name), 'data-pick': t.name, 'aria-current': t.name === current.at ? 'true' : 'false' }, t.name || '(unnamed)')),
        el('td', t.shape), el('td', t.type), el('td.number', t.size.toLocaleString('en')), el('td.number', bytes(t.bytes))))))),
    scene.tensors.length > ROWS ? el('p.faint', `The first ${ROWS} of ${scene.tensors.length}.`) : null);
    if (!current.at && shown.length) current.at = shown[0].name;
    if (detail.dataset.at !== current.model + ' ' + current.at) details().catch(ignoreAborted);
  }

  async function details() {
    const signal = freshWeights();
    detail.dataset.at = current.model + ' ' + current.at;
    detail.hidden = false;
    detail.setAttribute('aria-busy', 'true');
    const head = [], names = scene.tensors.map(t => t.name);
    let mine;
    if (scene.why) {
      head.push(el('h2', 'Tensor'));
      mine = names.filter(n => n === current.at);
    } else if (/^op\d+$/.test(current.at) && scene.operations[Number(current.at.slice(2))]) {
      const o = scene.operations[Number(current.at.slice(2))];
      head.push(el('h2', 'Operation ', el('code', o.op), o.path ? el('span.faint', ' in ' + o.path) : null),
        el('p', `It puts out ${o.output}`, o.multiplyAdds ? `, for ${o.multiplyAdds.toLocaleString('en')} multiply-adds` : '', o.bytes ? '' : '; nothing is computed, its input is only looked at in another way', '.'),
        o.attributes ? el('p.faint', o.attributes) : null);
      mine = o.reads;
    } else {
      const layer = all.get(current.at) || all.get('');
      mine = names.filter(n => layer.path === '' || n.startsWith(layer.path + '.'));
      head.push(el('h2', layer.path ? 'Layer ' + layer.path : 'The whole network', ' ', el('span.faint', layer.layer)),
        layer.path && canOpen(layer) ? el('div.row', el('button', { id: 'open', onclick: () => { toggle(layer.path); details().catch(ignoreAborted).then(() => detail.querySelector('#open')?.focus()); } }, open.has(layer.path) ? 'Close it' : 'Open it into its operations')) : null);
    }
    const first = mine.slice(0, SHOWN), cards = [];
    for (const name of first) cards.push(await weights(current.model, name, signal));
    fill(detail, head, cards.length ? cards : el('p.faint', 'Nothing here is learned: it has no weights.'),
      mine.length > first.length && el('p.faint', `The first ${first.length} of ${mine.length} tensors: choose a layer within it to see the others.`));
    heard.textContent = `${detail.querySelector('h2').textContent}: ${cards.length ? cards.length + ' tensors are shown' : 'it has no weights'}`;
    detail.hidden = !scene.tensors.length;
    detail.setAttribute('aria-busy', 'false');
  }

  main.append(el('div.with-side', side, el('div.stack', facts, beside)), el('div.model-below', table));
  beside.append(graph, tensors, detail, heard);
  await load();
  return () => { fresh(); freshWeights(); freshTimes(); main.removeEventListener('drop', drop); main.removeEventListener('dragover', over); };
}
