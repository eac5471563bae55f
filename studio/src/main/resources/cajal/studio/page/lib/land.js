// A surface of two weights as a map with contours, or seen from the side; ways over it.
import { colour, series } from './draw.js';
import { short } from './numbers.js';
const d3 = window.d3;

/** Heights from 0 to 1, logarithmic in the loss above the lowest: high cliffs leave room for the valley. */
export function heights(values) {
  const low = d3.min(values), scale = (d3.median(values) - low) / 6 || 1, top = Math.log1p((d3.max(values) - low) / scale);
  const of = v => Math.max(0, Math.min(1.1, Math.log1p(Math.max(0, v - low) / scale) / top));
  return { low, of, all: Float32Array.from(values, of) };
}

const shade = () => d3.interpolateLab(d3.interpolateLab(colour('card'), colour('faint'))(0.75), colour('card'));

/** A map: map({ place, land, width, moved }). `moved(x, y)` is told where the start was dragged to. */
export function map({ place, columns, rows, height, width, moved }) {
  const tall = Math.round(Math.min(width * 0.8, 560)), margin = { left: 40, right: 10, top: 10, bottom: 34 };
  const x = d3.scaleLinear([place.xLow, place.xHigh], [margin.left, width - margin.right]);
  const y = d3.scaleLinear([place.yLow, place.yHigh], [tall - margin.bottom, margin.top]);
  const svg = d3.create('svg').attr('viewBox', `0 0 ${width} ${tall}`).attr('role', 'group').attr('aria-label', 'The surface as a map: the table below holds the numbers').attr('id', 'map')
    .attr('style', 'width:100%;height:auto;display:block;touch-action:pan-y');
  svg.append('clipPath').attr('id', 'inside').append('rect').attr('x', margin.left).attr('y', margin.top)
    .attr('width', width - margin.left - margin.right).attr('height', tall - margin.top - margin.bottom);
  const inside = svg.append('g').attr('clip-path', 'url(#inside)');
  const path = d3.geoPath(d3.geoTransform({
    point(px, py) {
      this.stream.point(x(place.xLow + (px - 0.5) / (columns - 1) * (place.xHigh - place.xLow)), y(place.yLow + (py - 0.5) / (rows - 1) * (place.yHigh - place.yLow)));
    },
  }));
  const fill = shade();
  inside.append('rect').attr('x', margin.left).attr('y', margin.top).attr('width', width).attr('height', tall).attr('fill', fill(0));
  inside.append('g').selectAll('path').data(d3.contours().size([columns, rows]).thresholds(d3.range(0.04, 1, 0.06))(Array.from(height.all)))
    .join('path').attr('d', path).attr('fill', c => fill(c.value)).attr('stroke', colour('line')).attr('stroke-width', 1);
  svg.append('g').attr('class', 'axis').attr('transform', `translate(0,${tall - margin.bottom})`).call(d3.axisBottom(x).ticks(6));
  svg.append('g').attr('class', 'axis').attr('transform', `translate(${margin.left},0)`).call(d3.axisLeft(y).ticks(6));
  svg.append('text').attr('class', 'faint').attr('x', width - margin.right).attr('y', tall - 3).attr('text-anchor', 'end').text('weight x');
  svg.append('text').attr('class', 'faint').attr('x', 2).attr('y', tall - 3).text('↑ weight y');
  svg.selectAll('text').style('font-size', '14px');
  const ways = inside.append('g').attr('fill', 'none').attr('stroke-linejoin', 'round'), heads = inside.append('g');
  const start = handle(svg, place, x, y, moved);
  return {
    node: svg.node(),
    show(list, at, from) {
      const line = d3.line();
      const parts = list.map(w => d3.range(0, Math.min(at, w.x.length - 1) + 1).map(i => [x(w.x[i]), y(w.y[i])].map(v => Math.max(-9999, Math.min(9999, v)))));
      ways.selectAll('path').data(parts.flatMap((p, i) => [{ p, stroke: colour('card'), wide: 5 }, { p, stroke: series(i), wide: 2.5 }])).join('path')
        .attr('d', d => line(d.p)).attr('stroke', d => d.stroke).attr('stroke-width', d => d.wide).attr('stroke-opacity', d => d.wide > 3 ? 0.7 : 1);
      heads.selectAll('circle').data(parts).join('circle').attr('cx', p => p.at(-1)[0]).attr('cy', p => p.at(-1)[1]).attr('r', 6)
        .attr('fill', (_, i) => series(i)).attr('stroke', colour('card')).attr('stroke-width', 2);
      start(from);
    },
  };
}

/** The start: dragged, or moved with the arrow keys. */
function handle(svg, place, x, y, moved) {
  const grip = svg.append('g').attr('class', 'grip').attr('tabindex', 0).attr('role', 'slider').attr('aria-label', 'Start: drag it, or move it with the arrow keys')
    .attr('aria-valuemin', place.xLow).attr('aria-valuemax', place.xHigh).attr('style', 'cursor:grab;touch-action:none');
  grip.append('circle').attr('r', 15).attr('fill', 'transparent');
  grip.append('circle').attr('r', 8).attr('fill', 'none').attr('stroke', colour('card')).attr('stroke-width', 6);
  grip.append('circle').attr('r', 8).attr('fill', 'none').attr('stroke', colour('ink')).attr('stroke-width', 2.5);
  let at = { x: 0, y: 0 };
  const go = (px, py) => {
    const inside = (v, low, high) => Number(Math.max(low, Math.min(high, v)).toFixed(3));
    moved(inside(px, place.xLow, place.xHigh), inside(py, place.yLow, place.yHigh));
  };
  grip.call(d3.drag().container(svg.node()).subject(() => ({ x: x(at.x), y: y(at.y) })).on('drag', e => go(x.invert(e.x), y.invert(e.y))));
  grip.on('keydown', e => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (!by) return;
    e.preventDefault();
    const step = e.shiftKey ? 0.1 : 0.02;
    go(at.x + by[0] * step * (place.xHigh - place.xLow), at.y + by[1] * step * (place.yHigh - place.yLow));
  });
  return from => {
    at = from;
    grip.attr('transform', `translate(${x(from.x)},${y(from.y)})`).attr('aria-valuenow', from.x).attr('aria-valuetext', `x ${short(from.x)}, y ${short(from.y)}`);
  };
}

/** Seen from the side, on a canvas; turned by dragging or with the arrow keys. turned(turn, tilt) is told. */
export function relief({ place, columns, rows, height, width, turn, tilt, turned }) {
  const tall = Math.round(Math.min(width * 0.8, 560)), dense = window.devicePixelRatio || 1;
  const canvas = document.createElement('canvas');
  canvas.width = width * dense;
  canvas.height = tall * dense;
  canvas.id = 'relief';
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'The surface from the side with the ways of all runners; the arrow keys turn it. The table below holds the numbers.');
  canvas.style.cssText = `width:100%;max-width:${width}px;display:block;cursor:move;touch-action:pan-y`;
  const context = canvas.getContext('2d');
  let last = null;
  const fill = shade(), ramp = d3.range(65).map(i => fill(i / 64));
  const project = () => {
    const a = turn * Math.PI / 180, b = tilt * Math.PI / 180, size = Math.min(width, tall * 1.25) * 0.66;
    return (u, v, h) => { // u, v from -½ to ½, h from 0 to 1
      const across = u * Math.cos(a) - v * Math.sin(a), deep = u * Math.sin(a) + v * Math.cos(a), up = (h - 0.45) * 0.55;
      const far = deep * Math.cos(b) - up * Math.sin(b), zoom = 3 / (3 + far);
      return [width / 2 + size * across * zoom, tall * 0.57 - size * zoom * (deep * Math.sin(b) + up * Math.cos(b)), far];
    };
  };
  const draw = () => {
    const at = project(), points = [];
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) points.push(at(c / (columns - 1) - 0.5, r / (rows - 1) - 0.5, height.all[r * columns + c]));
    const pieces = [];
    for (let r = 0; r + 1 < rows; r++) {
      for (let c = 0; c + 1 < columns; c++) {
        const i = r * columns + c, corners = [points[i], points[i + 1], points[i + columns + 1], points[i + columns]];
        pieces.push({ depth: d3.mean(corners, p => p[2]), corners, fill: ramp[Math.max(0, Math.min(64, Math.round(64 * height.all[i])))] });
      }
    }
    const back = d3.max(points, p => p[2]) + 1;
    last.list.forEach((w, i) => {
      const end = Math.min(last.at, w.x.length - 1);
      const spots = d3.range(0, end + 1).map(k => at((w.x[k] - place.xLow) / (place.xHigh - place.xLow) - 0.5, (w.y[k] - place.yLow) / (place.yHigh - place.yLow) - 0.5, height.of(w.loss[k]) + 0.012))
        .filter(p => Math.abs(p[0]) < 5 * width && Math.abs(p[1]) < 5 * tall);
      pieces.push({ depth: -back, spots, stroke: series(i) });
    });
    pieces.sort((p, q) => q.depth - p.depth);
    context.setTransform(dense, 0, 0, dense, 0, 0);
    context.clearRect(0, 0, width, tall);
    context.lineJoin = 'round';
    const mesh = colour('line');
    for (const p of pieces) {
      if (p.corners) {
        context.beginPath();
        p.corners.forEach((q, k) => (k ? context.lineTo(q[0], q[1]) : context.moveTo(q[0], q[1])));
        context.closePath();
        context.fillStyle = p.fill;
        context.strokeStyle = mesh;
        context.lineWidth = 0.6;
        context.fill();
        context.stroke();
      } else if (p.spots.length) {
        for (const [stroke, wide] of [[colour('card'), 5], [p.stroke, 2.5]]) {
          context.beginPath();
          p.spots.forEach((q, k) => (k ? context.lineTo(q[0], q[1]) : context.moveTo(q[0], q[1])));
          context.strokeStyle = stroke;
          context.lineWidth = wide;
          context.stroke();
        }
        const [hx, hy] = p.spots.at(-1);
        context.beginPath();
        context.arc(hx, hy, 6, 0, 7);
        context.fillStyle = p.stroke;
        context.fill();
        context.lineWidth = 2;
        context.strokeStyle = colour('card');
        context.stroke();
      }
    }
  };
  const go = (by, up) => {
    turn = (turn + by + 360) % 360;
    tilt = Math.max(10, Math.min(80, tilt + up));
    turned(turn, tilt);
    draw();
  };
  d3.select(canvas).call(d3.drag().on('drag', e => go(Math.round(e.dx), Math.round(e.dy / 2))));
  canvas.addEventListener('keydown', e => {
    const by = { ArrowLeft: [-5, 0], ArrowRight: [5, 0], ArrowUp: [0, 5], ArrowDown: [0, -5] }[e.key];
    if (by) { e.preventDefault(); go(...by); }
  });
  return { node: canvas, show(list, at) { last = { list, at }; draw(); } };
}
