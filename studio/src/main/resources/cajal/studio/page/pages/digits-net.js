// The network as a picture: columns of neurons, maps and the picture itself, joined by the strongest connections.
import { colour } from '../lib/draw.js';
import { grey, heat, most, sheet } from '../lib/heat.js';
import { percent, short } from '../lib/numbers.js';
const d3 = window.d3;

const TOP = 52, FOOT = 30;

export const isMaps = c => c.shape.length === 3 && c.shape[1] * c.shape[2] > 1;
export const sizeOf = c => c.shape.reduce((a, b) => a * b, 1);

/** What columns are called: "Picture", "Layer 1" …, "Output". */
export const nameOf = (columns, i) => i === 0 ? 'Picture' : i === columns.length - 1 ? 'Output' : 'Layer ' + i;

/** What a value of a column is called: "pixel (row, column)", "neuron 3", "class 7". */
export function placeOf(columns, i, index, classes) {
  const c = columns[i];
  if (i === columns.length - 1) return 'class ' + (classes[index] ?? index);
  if (!isMaps(c)) return 'neuron ' + index;
  const [, rows, width] = c.shape, area = rows * width, k = index % area;
  const pixel = `(${Math.floor(k / width)}, ${k % width})`;
  return i === 0 ? 'pixel ' + pixel : `map ${Math.floor(index / area)} at ${pixel}`;
}

/** An svg in `box`; choose(column, index) is told which neuron is looked at. */
export function network(box, choose) {
  const svg = d3.select(box).append('svg').attr('role', 'group').attr('id', 'net')
    .attr('style', 'display:block;width:100%;touch-action:pan-y');
  let form = '', phone = false, places = [], at = { column: 1, index: 0 }, last = null;

  function layout(pass, classes) {
    const width = Math.max(330, box.clientWidth);
    phone = width < 600;
    const height = phone ? 430 : 520;
    const key = width + JSON.stringify(pass.columns.map(c => c.shape));
    if (key === form) return;
    form = key;
    svg.attr('viewBox', `0 0 ${width} ${height}`).selectAll('*').remove();
    const n = pass.columns.length, bars = phone ? 76 : 190, room = (width - bars) / n, depth = height - TOP - FOOT;
    svg.append('g').attr('class', 'links').attr('aria-hidden', 'true');
    places = pass.columns.map((c, i) => {
      const left = i * room, group = svg.append('g').attr('class', 'column').attr('data-column', i);
      const title = group.append('text').attr('class', 'title').attr('x', left + room / 2).attr('y', 18).attr('text-anchor', 'middle');
      title.text(nameOf(pass.columns, i));
      group.append('text').attr('class', 'faint small').attr('x', left + room / 2).attr('y', 37).attr('text-anchor', 'middle')
        .text(phone ? '' : i === 0 ? '28 × 28 pixels' : isMaps(c) ? `${c.shape[0]} maps, ${c.shape[1]} × ${c.shape[2]}` : sizeOf(c) + ' neurons');
      const foot = group.append('text').attr('class', 'faint small foot').attr('x', left + room / 2).attr('y', height - 8).attr('text-anchor', 'middle');
      const place = isMaps(c) ? maps(group, c, i, left, room, depth, phone) : neurons(group, c, i, left, room, depth, phone);
      return { ...place, group, foot };
    });
    svg.append('g').attr('class', 'bars');
    probabilities(pass, classes, width, bars, phone);
    if (at.column >= n) at = { column: 1, index: 0 };
    focusable();
  }

  function neurons(group, c, i, left, room, depth, phone) {
    const count = sizeOf(c), perColumn = count <= 36 ? count : Math.min(count, Math.max(32, Math.ceil(Math.sqrt(count * 3))));
    const beside = Math.ceil(count / perColumn), step = Math.min(depth / perColumn, room * (phone ? 0.62 : 0.7) / beside, 34);
    const x0 = left + room / 2 - step * (beside - 1) / 2, y0 = TOP + depth / 2 - step * (perColumn - 1) / 2;
    const xy = k => [x0 + step * Math.floor(k / perColumn), y0 + step * (k % perColumn)];
    const marks = group.selectAll('circle').data(d3.range(count)).join('circle').attr('class', 'neuron')
      .attr('cx', k => xy(k)[0]).attr('cy', k => xy(k)[1]).attr('r', Math.max(2, step * 0.42))
      .attr('role', 'button').attr('tabindex', -1).attr('data-index', k => k)
      .on('pointerenter click focus', (_, k) => look(i, k));
    return { xy, marks, rows: perColumn, radius: step * 0.42 };
  }

  function maps(group, c, i, left, room, depth, phone) {
    const [count, rows, width] = c.shape, gap = 1;
    let across = 1;
    const scale = a => Math.min(room * (phone ? 0.85 : 0.8) / (a * (width + gap)), depth / (Math.ceil(count / a) * (rows + gap)), count === 1 ? 5 : 4.2);
    while (across < count && scale(across + 1) > scale(across)) across++;
    const s = scale(across), down = Math.ceil(count / across);
    const x0 = left + room / 2 - s * (across * (width + gap) - gap) / 2, y0 = TOP + depth / 2 - s * (down * (rows + gap) - gap) / 2;
    const corner = m => [x0 + s * (m % across) * (width + gap), y0 + s * Math.floor(m / across) * (rows + gap)];
    const xy = k => {
      const m = Math.floor(k / (rows * width)), p = k % (rows * width), [x, y] = corner(m);
      return [x + s * (p % width + 0.5), y + s * (Math.floor(p / width) + 0.5)];
    };
    const image = group.append('image').attr('x', x0).attr('y', y0).attr('width', s * (across * (width + gap) - gap))
      .attr('height', s * (down * (rows + gap) - gap)).attr('style', 'image-rendering:pixelated').attr('preserveAspectRatio', 'none');
    if (i === 0) image.attr('role', 'img').attr('aria-label', 'The picture that the network sees');
    const spot = e => {
      const box = svg.node().getBoundingClientRect(), k = svg.node().viewBox.baseVal.width / box.width;
      const m = Number(e.currentTarget.dataset.map), [x, y] = corner(m);
      const column = Math.max(0, Math.min(width - 1, Math.floor(((e.clientX - box.left) * k - x) / s)));
      const row = Math.max(0, Math.min(rows - 1, Math.floor(((e.clientY - box.top) * k - y) / s)));
      return m * rows * width + row * width + column;
    };
    const marks = group.selectAll('rect').data(i === 0 ? [] : d3.range(count)).join('rect').attr('class', 'neuron map')
      .attr('x', m => corner(m)[0]).attr('y', m => corner(m)[1]).attr('width', s * width).attr('height', s * rows)
      .attr('role', 'button').attr('tabindex', -1).attr('data-map', m => m).attr('data-index', m => m)
      .on('pointermove click', e => { if (e.clientX || e.clientY) look(i, spot(e)); })
      .on('focus', (_, m) => { if (Math.floor(at.index / (rows * width)) !== m || at.column !== i) look(i, strongest(i, m)); });
    return { xy, marks, image, across, gap, rows: down, radius: s, area: rows * width };
  }

  /** The place in a map where it is brightest. */
  function strongest(i, map) {
    const area = places[i].area, values = last.values[i].subarray(map * area, (map + 1) * area);
    return map * area + d3.maxIndex(values, Math.abs);
  }

  function probabilities(pass, classes, width, bars, phone) {
    const x0 = width - bars + (phone ? 2 : 14), long = bars - (phone ? 8 : 104), place = places.at(-1);
    const rows = svg.select('.bars').attr('role', 'list').attr('aria-label', 'Probabilities').selectAll('g').data(classes).join('g').attr('role', 'listitem').attr('class', 'probability');
    rows.append('text').attr('class', 'class').attr('x', x0).attr('y', (_, k) => place.xy(k)[1] + 5);
    rows.append('rect').attr('class', 'bar').attr('x', x0 + 18).attr('y', (_, k) => place.xy(k)[1] - 8).attr('height', 16).attr('rx', 3);
    rows.append('line').attr('class', 'was').attr('y1', (_, k) => place.xy(k)[1] - 11).attr('y2', (_, k) => place.xy(k)[1] + 11);
    if (!phone) rows.append('text').attr('class', 'share').attr('text-anchor', 'end').attr('x', width - 4).attr('y', (_, k) => place.xy(k)[1] + 5);
    svg.select('.bars').attr('data-x', x0 + 18).attr('data-long', long - 22);
  }

  function look(column, index) {
    at = { column, index };
    focusable();
    choose(column, index);
  }

  function unit(i, index) { return places[i].area ? Math.floor(index / places[i].area) : index; }

  function focusable() {
    places.forEach((p, i) => p.marks.attr('tabindex', k => i === at.column && k === unit(i, at.index) ? 0 : -1)
      .classed('chosen', k => i === at.column && k === unit(i, at.index)));
  }

  svg.on('keydown', e => {
    const place = places[at.column], count = place.marks.size(), k = unit(at.column, at.index);
    let column = at.column, next = k;
    if (e.key === 'ArrowDown') next = Math.min(count - 1, k + (place.across || 1));
    else if (e.key === 'ArrowUp') next = Math.max(0, k - (place.across || 1));
    else if (e.key === 'ArrowRight') column = Math.min(places.length - 1, column + 1);
    else if (e.key === 'ArrowLeft') column = Math.max(1, column - 1);
    else return;
    e.preventDefault();
    if (column !== at.column) next = Math.round(k / Math.max(1, count - 1) * (places[column].marks.size() - 1));
    places[column].marks.filter(d => d === next).node()?.focus();
  });

  /** Shows values, connections and probabilities: of activations, or of errors. */
  function show({ pass, classes, values, links, backward, shown, was, answer, norms }) {
    layout(pass, classes);
    last = { values };
    const lit = heat(backward ? 'positive' : 'glow'), paper = grey();
    const n = pass.columns.length;
    svg.attr('aria-label', `${backward ? 'The error in' : 'The activations of'} a network of ${n} columns. Arrow keys go from neuron to neuron.`);
    places.forEach((p, i) => {
      const c = pass.columns[i], v = values[i], range = most(v), dim = backward ? i < shown : i > shown;
      p.group.classed('ahead', dim);
      p.foot.text(i === 0 ? '' : backward ? '|error| ' + short(norms[i]) : isMaps(c) ? '' : phone ? `${c.firing} fire` : `${c.firing} of ${sizeOf(c)} above 0`);
      if (p.image) {
        const [, rows, width] = c.shape, picture = i === 0 && !backward;
        p.image.attr('href', sheet(v, rows, width, p.across, picture ? paper : lit, picture ? 1 : range, p.gap).toDataURL());
      } else p.marks.attr('fill', k => lit.css(v[k], range));
      p.marks.attr('aria-label', k => `${nameOf(pass.columns, i)}, ${p.area ? 'map ' + k : placeOf(pass.columns, i, k, classes)}${p.area ? '' : `: ${backward ? 'error' : 'activation'} ${short(v[k])}`}`);
    });
    connect(pass, links, backward, shown);
    chances(pass, classes, was, answer);
    focusable();
  }

  function connect(pass, links, backward, shown) {
    const up = colour('positive'), down = colour('negative');
    const lines = [];
    links.forEach((list, i) => {
      if (!list.length || (backward ? i < shown : i > shown)) return;
      const range = Math.abs(list[0].value), now = i === shown;
      for (const l of list) lines.push({ a: places[i - 1].xy(l.from), b: places[i].xy(l.to), share: Math.abs(l.value) / range, up: l.value > 0, now });
    });
    svg.select('.links').selectAll('line').data(lines).join('line')
      .attr('x1', l => l.a[0]).attr('y1', l => l.a[1]).attr('x2', l => l.b[0]).attr('y2', l => l.b[1])
      .attr('stroke', l => l.up ? up : down).attr('stroke-width', l => 0.4 + 2.4 * l.share).attr('stroke-opacity', l => 0.12 + 0.6 * l.share)
      .attr('class', l => l.now ? (backward ? 'flowing back' : 'flowing') : null);
  }

  function chances(pass, classes, was, answer) {
    const p = pass.p, bars = svg.select('.bars'), x = Number(bars.attr('data-x')), long = Number(bars.attr('data-long'));
    bars.selectAll('.probability').attr('aria-label', (c, k) => `${c}: ${percent(p[k])}${k === answer ? ', the right answer' : ''}`)
      .classed('best', (_, k) => k === pass.best).classed('answer', (_, k) => k === answer);
    bars.selectAll('.class').text((c, k) => c);
    bars.selectAll('.bar').data(Array.from(p)).attr('width', v => Math.max(1, v * long))
      .attr('fill', (_, k) => k === answer ? colour('good') : colour(k === pass.best ? 'glow' : 'faint'));
    bars.selectAll('.share').data(Array.from(p)).text(v => percent(v));
    bars.selectAll('.was').data(Array.from(was || p)).attr('x1', v => x + v * long).attr('x2', v => x + v * long)
      .attr('visibility', was ? 'visible' : 'hidden');
  }

  return { show, mark(column, index) { at = { column, index }; focusable(); }, again() { form = ''; } };
}
