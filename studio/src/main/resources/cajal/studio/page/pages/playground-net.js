// The network of the playground as a picture: each neuron with what it says over the plane, each weight as a line.
import { colour } from '../lib/draw.js';
import { short } from '../lib/numbers.js';
import { el } from '../lib/ui.js';
import { classColour, paintSigned } from './playground-plane.js';

const d3 = window.d3;
const WIDTH = 620;

/** Where each neuron finds its weights: [{ weight, bias }] for each layer, as offsets into all parameters. */
export function places(scene) {
  const linear = [];
  let at = 0;
  for (const p of scene.parameters) {
    const size = p.shape.reduce((a, b) => a * b, 1);
    if (p.shape.length === 2) linear.push({ path: p.path, weight: at, inputs: p.shape[1], outputs: p.shape[0] });
    else if (p.path.endsWith('.bias')) Object.assign(linear.at(-1), { bias: at, biasPath: p.path });
    at += size;
  }
  return linear;
}

/** What a neuron is called. */
export function nameOf(scene, layer, neuron) {
  if (layer === 0) return neuron === 0 ? 'x' : 'y';
  if (layer < scene.layers.length) return `neuron ${neuron + 1} of layer ${layer}`;
  return scene.classes.length ? `output for class ${scene.classes[neuron]}` : 'output';
}

/** The drawing: { node, build(scene), paint(frame, still), select(layer, neuron) }; `chosen(layer, neuron, input)` is told. */
export function network(chosen) {
  const canvas = el('canvas', { 'aria-hidden': 'true', style: 'position:absolute;inset:0;width:100%;height:100%' });
  const svg = d3.create('svg').attr('role', 'group').attr('aria-label', 'The network: arrow keys go from neuron to neuron, Enter shows its weights')
    .attr('style', 'position:relative;width:100%;height:auto;display:block');
  const tip = el('div.card.faint', { style: 'position:absolute;pointer-events:none;display:none;padding:4px 10px;z-index:2;font-size:.9rem;color:var(--ink)' });
  const node = el('div', { style: 'position:relative;min-width:0' }, canvas, svg.node(), tip);
  const small = document.createElement('canvas');
  let scene, linear, sizes, neurons = [], links = [], height = 200, size = 36, frame = null, at = [1, 0];
  let lines, frames, biases, pictures;

  const x = layer => 12 + layer * (WIDTH - 24 - size) / (sizes.length - 1);
  const y = (layer, i) => height / 2 + (i - (sizes[layer] - 1) / 2) * (size + (layer ? 8 : 28)) - size / 2;

  function build(next) {
    scene = next;
    linear = places(scene);
    sizes = [2, ...scene.layers];
    const most = Math.max(4, ...sizes);
    size = Math.max(20, Math.min(40, 380 / most - 8, 420 / sizes.length - 8));
    height = most * (size + 8) + 28;
    svg.attr('viewBox', `0 0 ${WIDTH} ${height}`).selectAll('*').remove();
    canvas.width = WIDTH * 2;
    canvas.height = height * 2;
    neurons = sizes.flatMap((n, layer) => Array.from({ length: n }, (_, i) => ({ layer, i })));
    links = linear.flatMap((l, k) => Array.from({ length: l.outputs * l.inputs }, (_, q) => {
      const to = Math.floor(q / l.inputs), from = q % l.inputs;
      return { layer: k + 1, to, from, at: l.weight + q, x1: x(k) + size, y1: y(k, from) + size / 2, x2: x(k + 1), y2: y(k + 1, to) + size / 2 };
    }));
    lines = svg.append('g').attr('fill', 'none').selectAll('line').data(links).join('line')
      .attr('x1', d => d.x1).attr('y1', d => d.y1).attr('x2', d => d.x2).attr('y2', d => d.y2).attr('stroke-linecap', 'round').nodes();
    pictures = svg.append('g').attr('display', 'none').selectAll('image').data(neurons).join('image')
      .attr('x', d => x(d.layer)).attr('y', d => y(d.layer, d.i)).attr('width', size).attr('height', size);
    frames = svg.append('g').selectAll('g').data(neurons).join('g').attr('role', d => d.layer ? 'button' : 'img')
      .attr('aria-label', d => nameOf(scene, d.layer, d.i)).attr('tabindex', d => d.layer === at[0] && d.i === at[1] ? 0 : d.layer ? -1 : null)
      .attr('style', d => d.layer ? 'cursor:pointer' : null)
      .on('click', (_, d) => { if (d.layer) pick(d.layer, d.i); })
      .on('keydown', key);
    frames.append('rect').attr('x', d => x(d.layer)).attr('y', d => y(d.layer, d.i)).attr('width', size).attr('height', size).attr('rx', 4)
      .attr('fill', 'transparent').attr('stroke-width', 2)
      .attr('stroke', d => d.layer === sizes.length - 1 && scene.classes.length ? classColour(d.i) : colour('faint'));
    frames.append('title').text(d => nameOf(scene, d.layer, d.i));
    frames.filter(d => d.layer === 0).append('text').attr('x', d => x(0) + size / 2).attr('y', d => y(0, d.i) + size + 13).attr('text-anchor', 'middle').text(d => d.i ? 'y' : 'x');
    biases = frames.filter(d => d.layer > 0).append('circle').attr('cx', d => x(d.layer)).attr('cy', d => y(d.layer, d.i) + size).attr('r', 4)
      .attr('stroke', colour('card')).attr('stroke-width', 1).nodes();
    if (at[0] >= sizes.length || at[1] >= sizes[at[0]]) at = [1, 0];
    mark();
  }

  function mark() {
    frames.attr('tabindex', d => d.layer === at[0] && d.i === at[1] ? 0 : d.layer ? -1 : null)
      .select('rect').attr('stroke-width', d => d.layer === at[0] && d.i === at[1] ? 4 : 2);
  }

  function pick(layer, i, input) {
    at = [layer, i];
    mark();
    chosen(layer, i, input);
  }

  function key(event, d) {
    const layers = sizes.length;
    const to = { ArrowLeft: [Math.max(1, d.layer - 1), d.i], ArrowRight: [Math.min(layers - 1, d.layer + 1), d.i], ArrowUp: [d.layer, d.i - 1], ArrowDown: [d.layer, d.i + 1] }[event.key];
    if (to) {
      event.preventDefault();
      pick(to[0], Math.max(0, Math.min(sizes[to[0]] - 1, to[1])));
      frames.filter(n => n.layer === at[0] && n.i === at[1]).node().focus();
    } else if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); pick(d.layer, d.i, 'bias'); }
  }

  /** The line under the pointer, if one is near. */
  function near(event) {
    const box = svg.node().getBoundingClientRect(), scale = WIDTH / box.width;
    const px = (event.clientX - box.left) * scale, py = (event.clientY - box.top) * scale;
    let best = null, distance = 6 * Math.max(1, scale);
    for (const l of links) {
      if (px < l.x1 - 2 || px > l.x2 + 2) continue;
      const dx = l.x2 - l.x1, dy = l.y2 - l.y1, t = Math.max(0, Math.min(1, ((px - l.x1) * dx + (py - l.y1) * dy) / (dx * dx + dy * dy)));
      const d = Math.hypot(px - l.x1 - t * dx, py - l.y1 - t * dy);
      if (d < distance) { distance = d; best = l; }
    }
    return best;
  }
  let hovered = null;
  svg.on('pointermove', event => {
    const l = near(event);
    if (hovered !== null) lines[hovered].removeAttribute('stroke-dasharray');
    hovered = l ? links.indexOf(l) : null;
    tip.style.display = l && frame ? 'block' : 'none';
    svg.node().style.cursor = l ? 'pointer' : '';
    if (!l || !frame) return;
    lines[hovered].setAttribute('stroke-dasharray', '5 3');
    tip.textContent = `${nameOf(scene, l.layer - 1, l.from)} → ${nameOf(scene, l.layer, l.to)}: weight ${short(frame.weights[l.at])}`;
    const box = node.getBoundingClientRect();
    tip.style.left = Math.min(event.clientX - box.left + 12, box.width - tip.offsetWidth) + 'px';
    tip.style.top = event.clientY - box.top + 14 + 'px';
  }).on('pointerleave', () => { tip.style.display = 'none'; if (hovered !== null) lines[hovered].removeAttribute('stroke-dasharray'); hovered = null; })
    .on('click', event => { if (event.target.closest?.('[role=button]')) return; const l = near(event); if (l) pick(l.layer, l.to, l.from); });

  function paint(next, still) {
    frame = next;
    const positive = colour('positive'), negative = colour('negative'), w = frame.weights;
    for (let i = 0; i < links.length; i++) {
      const value = w[links[i].at];
      lines[i].setAttribute('stroke', value < 0 ? negative : positive);
      lines[i].setAttribute('stroke-width', (0.3 + Math.min(5, 2 * Math.abs(value))).toFixed(1));
      lines[i].setAttribute('stroke-opacity', Math.min(0.9, 0.2 + Math.abs(value) / 2).toFixed(2));
    }
    let k = 0;
    for (const d of neurons) {
      if (!d.layer) continue;
      const value = w[linear[d.layer - 1].bias + d.i];
      biases[k].setAttribute('fill', value < 0 ? negative : positive);
      biases[k++].setAttribute('r', (2 + Math.min(3, 2 * Math.abs(value))).toFixed(1));
    }
    const context = canvas.getContext('2d'), cells = scene.coarse;
    small.width = small.height = cells;
    context.clearRect(0, 0, canvas.width, canvas.height);
    const urls = [];
    let from = 0;
    for (const d of neurons) {
      if (d.layer === 0) {
        const slope = new Uint8Array(cells * cells).map((_, i) => 255 * (d.i ? 1 - Math.floor(i / cells) / (cells - 1) : i % cells / (cells - 1)));
        paintSigned(slope, 0, cells, small);
      } else { paintSigned(frame.neurons, from, cells, small); from += cells * cells; }
      context.drawImage(small, 2 * x(d.layer), 2 * y(d.layer, d.i), 2 * size, 2 * size);
      if (still) urls.push(small.toDataURL());
    }
    if (still) pictures.attr('href', (_, i) => urls[i]);
    svg.select('g[display]').attr('display', still ? 'inline' : 'none');
  }

  return { node, build, paint, at: () => at, small };
}
