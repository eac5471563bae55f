// The graph of a network: which layers are open, what then is to be seen, and where it stands.
import { colour } from '../lib/draw.js';
const d3 = window.d3;
const WIDE = 264, HIGH = 56, GAP = 30, ASIDE = 34;

/** The layers as a tree by path, with totals of what lies within them; times are in milliseconds. */
export function tree(scene) {
  const all = new Map();
  for (const l of scene.layers) {
    all.set(l.path, { ...l, parts: [], operations: [], multiplyAdds: 0, results: 0, numbers: 0, bytes: 0 });
  }
  for (const l of all.values()) if (l.path) all.get(parent(l.path))?.parts.push(l);
  scene.operations.forEach((o, i) => {
    const own = all.get(o.path) || all.get('');
    own?.operations.push(i);
    for (const l of upwards(all, o.path)) { l.multiplyAdds += o.multiplyAdds; l.results += o.bytes; }
  });
  for (const l of all.values()) for (const above of upwards(all, l.path)) { above.numbers += l.parameters; above.bytes += l.parameterBytes; }
  return all;
}

export const parent = path => path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '';
const prefixes = path => path ? ['', ...path.split('.').map((_, i, all) => all.slice(0, i + 1).join('.'))] : [''];
function* upwards(all, path) { for (const p of prefixes(path)) if (all.has(p)) yield all.get(p); }

/** Whether a layer shows more when it is opened: parts within it, or operations. */
export const canOpen = layer => layer.parts.length > 0 || layer.operations.length > 0;

/** The milliseconds of each layer and operation, from what was measured. */
export function spread(all, scene, times) {
  for (const l of all.values()) { l.forward = 0; l.backward = 0; }
  scene.operations.forEach((o, i) => { for (const l of upwards(all, o.path)) l.forward += times.forward[i]; });
  for (const t of times.backward) for (const l of upwards(all, t.path)) l.backward += t.time;
}

/** The nodes that are seen while some layers are open, and the ways between them. */
export function visible(all, scene, open) {
  const nodes = new Map([['in', { key: 'in', kind: 'end', title: 'input', output: scene.input, order: -1, path: '' }]]);
  const at = scene.operations.map((o, i) => {
    const closed = prefixes(o.path).find(p => p !== '' && all.has(p) && !open.has(p));
    const key = closed === undefined ? 'op' + i : closed;
    if (!nodes.has(key)) {
      const layer = all.get(key);
      nodes.set(key, closed === undefined
        ? { key, kind: 'operation', title: o.op, output: o.output, order: i, path: o.path, operation: i }
        : { key, kind: 'layer', title: layer.layer, output: layer.output, order: i, path: parent(key), layer });
    }
    return key;
  });
  const ways = new Map();
  const way = (from, to) => { if (from !== to) ways.set(from + '>' + to, { from, to }); };
  scene.operations.forEach((o, i) => o.inputs.forEach(k => way(k < 0 ? 'in' : at[k], at[i])));
  nodes.set('out', { key: 'out', kind: 'end', title: 'output', output: scene.operations.at(-1)?.output || '', order: scene.operations.length, path: '' });
  way(at.at(-1) || 'in', 'out');
  return { nodes: [...nodes.values()], ways: [...ways.values()] };
}

/** Places nodes row by row, each below all that it reads; long ways get a place in every row between. */
function layOut({ nodes, ways }) {
  const by = new Map(nodes.map(n => [n.key, n]));
  const links = ways.map(w => ({ from: by.get(w.from), to: by.get(w.to) }));
  const forward = links.filter(l => l.from.order < l.to.order), back = links.filter(l => l.from.order >= l.to.order);
  nodes.sort((a, b) => a.order - b.order).forEach(n => { n.row = 0; n.wide = WIDE; });
  for (const n of nodes) for (const l of forward) if (l.to === n) n.row = Math.max(n.row, l.from.row + 1);
  for (const n of [...nodes].reverse()) { // what reads weights only stands right above where it is used
    if (n.key !== 'in' && !forward.some(l => l.to === n)) n.row = Math.max(0, (d3.min(forward.filter(l => l.from === n), l => l.to.row) ?? 1) - 1);
  }
  const rows = d3.range(1 + d3.max(nodes, n => n.row)).map(() => []);
  const pieces = [];
  for (const n of nodes) rows[n.row].push(n);
  for (const l of forward) {
    l.through = [];
    let last = l.from;
    for (let r = l.from.row + 1; r <= l.to.row; r++) {
      const next = r === l.to.row ? l.to : { row: r, wide: ASIDE, aside: true };
      if (next.aside) { rows[r].push(next); l.through.push(next); }
      pieces.push({ from: last, to: next });
      last = next;
    }
  }
  const above = new Map(), below = new Map();
  for (const p of pieces) { put(above, p.to, p.from); put(below, p.from, p.to); }
  rows.forEach(spreadRow);
  for (let turn = 0; turn < 8; turn++) {
    const near = turn % 2 ? below : above;
    for (const row of turn % 2 ? [...rows].reverse() : rows) {
      for (const n of row) n.wanted = near.has(n) ? d3.mean(near.get(n), m => m.x) : n.x;
      row.sort((a, b) => a.wanted - b.wanted || (a.aside ? 1 : 0) - (b.aside ? 1 : 0));
      let x = -Infinity;
      for (const n of row) { n.x = Math.max(n.wanted, x + n.wide / 2); x = n.x + n.wide / 2 + 18; }
      const shift = d3.mean(row, n => n.wanted - n.x);
      for (const n of row) n.x += shift;
    }
  }
  return { rows, forward, back };
}
function put(map, key, value) { if (map.has(key)) map.get(key).push(value); else map.set(key, [value]); }
function spreadRow(row) {
  let x = 0;
  for (const n of row) { n.x = x + n.wide / 2; x += n.wide + 18; }
  for (const n of row) n.x -= (x - 18) / 2;
}

const cut = (text, most) => text.length > most ? text.slice(0, most - 1) + '…' : text;

/**
 * Draws it. `value(node)`, against the largest that is seen, colours a node, `note(node)` is its third line; `chosen` is a key;
 * pick(key) and toggle(path) are told what was clicked.
 */
export function draw(all, scene, open, { value, note, chosen, pick, toggle }) {
  const seen = visible(all, scene, open), { rows, forward, back } = layOut(seen);
  let y = 8;
  const frames = [...open].filter(p => p && seen.nodes.some(n => within(n, p)));
  rows.forEach((row, i) => {
    const begins = frames.filter(p => row.some(n => !n.aside && within(n, p)) && !rows.slice(0, i).some(r => r.some(n => !n.aside && within(n, p)))).length;
    const ended = i === 0 ? 0 : frames.filter(p => !rows.slice(i).some(r => r.some(n => !n.aside && within(n, p))) && rows[i - 1].some(n => !n.aside && within(n, p))).length;
    y += 26 * begins + 10 * ended;
    for (const n of row) n.y = y + HIGH / 2;
    y += HIGH + GAP;
  });
  const every = rows.flat(), left = d3.min(every, n => n.x - n.wide / 2) - 30, right = d3.max(every, n => n.x + n.wide / 2) + 30;
  const svg = d3.create('svg').attr('viewBox', `${left} 0 ${right - left} ${y}`).attr('width', right - left).attr('height', y)
    .attr('role', 'img').attr('aria-label', 'The network as a graph: ' + seen.nodes.length + ' boxes from input to output; the table below says the same in words')
    .attr('style', 'display:block;margin:0 auto');
  const labels = d3.create('svg:g');
  const drawFrames = frames.sort((a, b) => a.split('.').length - b.split('.').length);
  for (const path of drawFrames) {
    const inside = seen.nodes.filter(n => within(n, path));
    const inner = Math.max(0, ...frames.filter(p => p.startsWith(path + '.')).map(p => p.split('.').length)) - path.split('.').length;
    const pad = 8 + 7 * Math.max(0, inner), head = 22 * (1 + Math.max(0, inner)) + 4;
    const x0 = d3.min(inside, n => n.x - n.wide / 2) - pad, x1 = d3.max(inside, n => n.x + n.wide / 2) + pad;
    const y0 = d3.min(inside, n => n.y) - HIGH / 2 - head, y1 = d3.max(inside, n => n.y) + HIGH / 2 + pad;
    const g = svg.append('g').attr('class', 'frame').on('click', () => toggle(path));
    g.append('rect').attr('x', x0).attr('y', y0).attr('width', x1 - x0).attr('height', y1 - y0).attr('rx', 8);
    labels.append('text').attr('class', 'small over').attr('x', x0 + 8).attr('y', y0 + 17).text(cut('− ' + path + '  ' + all.get(path).layer, Math.floor((x1 - x0) / 8)));
    g.append('title').text('Close ' + path);
  }
  const line = d3.line().curve(d3.curveMonotoneY).x(p => p[0]).y(p => p[1]);
  for (const l of forward) {
    const points = [[l.from.x, l.from.y + HIGH / 2], ...l.through.flatMap(n => [[n.x, n.y - HIGH / 2], [n.x, n.y + HIGH / 2]]), [l.to.x, l.to.y - HIGH / 2]];
    svg.append('path').attr('class', 'way').attr('d', line(points));
    svg.append('path').attr('class', 'tip').attr('d', `M${l.to.x - 4},${l.to.y - HIGH / 2 - 7}h8l-4,7z`);
  }
  for (const l of back) {
    const x = right - 14;
    svg.append('path').attr('class', 'way').attr('stroke-dasharray', '4 4')
      .attr('d', `M${l.from.x + WIDE / 2},${l.from.y}C${x},${l.from.y} ${x},${l.to.y} ${l.to.x + WIDE / 2},${l.to.y}`);
  }
  svg.node().append(labels.node());
  const largest = Math.max(1e-12, ...seen.nodes.map(value));
  const mix = d3.interpolateLab(colour('card'), colour('positive'));
  const node = svg.selectAll('g.node').data(seen.nodes).join('g')
    .attr('class', n => 'node ' + n.kind + (n.key === chosen ? ' chosen' : ''))
    .attr('transform', n => `translate(${n.x - WIDE / 2},${n.y - HIGH / 2})`)
    .attr('data-key', n => n.key)
    .on('click', (_, n) => { if (n.kind !== 'end') pick(n.key); })
    .on('dblclick', (_, n) => { if (n.kind === 'layer' && canOpen(n.layer)) toggle(n.key); });
  node.append('rect').attr('width', WIDE).attr('height', HIGH).attr('rx', n => n.kind === 'layer' ? 8 : HIGH / 2)
    .attr('fill', n => n.kind === 'end' ? colour('off') : mix(0.04 + 0.4 * value(n) / largest));
  node.append('text').attr('x', WIDE / 2).attr('y', 22).attr('text-anchor', 'middle').attr('class', 'small')
    .text(n => cut((n.kind === 'layer' ? last(n.key) + '  ' : '') + n.title, n.kind === 'layer' && canOpen(n.layer) ? 27 : 31));
  node.append('text').attr('x', WIDE / 2).attr('y', 43).attr('text-anchor', 'middle').attr('class', 'small faint')
    .text(n => cut([n.output, n.kind === 'end' ? '' : note(n)].filter(t => t).join('  '), 34));
  node.append('title').text(n => n.title + ' ' + n.output);
  const handle = node.filter(n => n.kind === 'layer' && canOpen(n.layer)).append('g').attr('class', 'handle')
    .on('click', (e, n) => { e.stopPropagation(); toggle(n.key); });
  handle.append('circle').attr('cx', WIDE - 16).attr('cy', 16).attr('r', 12);
  handle.append('text').attr('x', WIDE - 16).attr('y', 21).attr('text-anchor', 'middle').attr('class', 'small').text('+');
  handle.append('title').text(n => 'Open ' + n.key);
  svg.attr('data-middle', d3.median(seen.nodes, n => n.x) - left);
  return svg.node();
}
const last = path => path.slice(path.lastIndexOf('.') + 1);
const within = (n, path) => n.kind !== 'end' && (n.path === path || n.path.startsWith(path + '.'));
