// The plane of the playground: what the network says everywhere, and the points; one's own points are drawn here.
import { colour } from '../lib/draw.js';
import { el } from '../lib/ui.js';

const d3 = window.d3;
const SHAPES = [d3.symbolCircle, d3.symbolSquare, d3.symbolTriangle, d3.symbolDiamond, d3.symbolCross, d3.symbolStar];
const SIZE = 380;

/** The colour of a class. */
export const classColour = i => colour(['negative', 'positive', 'series-3', 'series-4', 'series-5', 'series-6'][i % 6]);

const rgb = text => { const c = d3.rgb(text); return [c.r, c.g, c.b]; };

/** 256 colours from one over the neutral one to the other, as red, green, blue. */
function ramp() {
  const low = d3.interpolateLab(colour('negative'), colour('off')), high = d3.interpolateLab(colour('off'), colour('positive'));
  return Array.from({ length: 256 }, (_, i) => rgb(i < 128 ? low(i / 127.5) : high((i - 127.5) / 127.5)));
}

let known = { theme: '', ramp: [] };
/** The colours from -most (0) to most (255) under the present theme. */
export function signedRamp() {
  const theme = document.documentElement.dataset.theme;
  if (known.theme !== theme) known = { theme, ramp: ramp() };
  return known.ramp;
}

/** A picture of bytes, 0 .. 255 for -most .. most, in a canvas of its own size. */
export function paintSigned(bytes, from, cells, canvas) {
  const context = canvas.getContext('2d'), image = context.createImageData(cells, cells), colours = signedRamp();
  const data = image.data;
  for (let i = 0; i < cells * cells; i++) {
    const c = colours[bytes[from + i]];
    data[4 * i] = c[0]; data[4 * i + 1] = c[1]; data[4 * i + 2] = c[2]; data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/**
 * The plane: { node, paint(scene, frame, options), place }. `told.at(x, y)` hears where somebody points, `told.add(x, y)`
 * and `told.remove(x, y)` what is drawn.
 */
export function plane(told) {
  const canvas = el('canvas', { width: SIZE * 2, height: SIZE * 2, tabindex: '0', role: 'img', style: 'width:100%;aspect-ratio:1;display:block;border-radius:8px;touch-action:none;cursor:crosshair' });
  const small = document.createElement('canvas');
  let range = 1.2, cursor = null, drawing = false, last = null, own = false, redraw = () => {};

  const fromPointer = e => {
    const box = canvas.getBoundingClientRect();
    return [range * (2 * (e.clientX - box.left) / box.width - 1), range * (1 - 2 * (e.clientY - box.top) / box.height)];
  };
  const move = (x, y) => { cursor = [Math.max(-range, Math.min(range, x)), Math.max(-range, Math.min(range, y))]; redraw(); told.at(...cursor); };
  canvas.addEventListener('pointerdown', e => {
    const [x, y] = fromPointer(e);
    move(x, y);
    if (!own) return;
    if (e.button === 2 || e.shiftKey) { told.remove(x, y); return; }
    drawing = true;
    last = [x, y];
    canvas.setPointerCapture(e.pointerId);
    told.add(x, y);
  });
  canvas.addEventListener('contextmenu', e => { if (own) e.preventDefault(); });
  canvas.addEventListener('pointermove', e => {
    const [x, y] = fromPointer(e);
    move(x, y);
    if (drawing && Math.hypot(x - last[0], y - last[1]) > range * 0.08) { last = [x, y]; told.add(x, y); }
  });
  canvas.addEventListener('pointerup', () => { drawing = false; });
  canvas.addEventListener('pointerleave', () => { if (document.activeElement !== canvas) { cursor = null; redraw(); told.at(null); } });
  canvas.addEventListener('keydown', e => {
    const step = range * (e.shiftKey ? 0.01 : 0.05), [x, y] = cursor || [0, 0];
    const to = { ArrowLeft: [x - step, y], ArrowRight: [x + step, y], ArrowUp: [x, y + step], ArrowDown: [x, y - step] }[e.key];
    if (to) { e.preventDefault(); move(...to); }
    else if (own && (e.key === 'Enter' || e.key === ' ')) { e.preventDefault(); cursor = [x, y]; told.add(x, y); }
    else if (own && (e.key === 'Delete' || e.key === 'Backspace')) { e.preventDefault(); told.remove(x, y); }
  });

  function surface(scene, frame, discrete) {
    const n = scene.fine, k = scene.classes.length;
    small.width = small.height = n;
    const context = small.getContext('2d'), image = context.createImageData(n, n), data = image.data, bytes = frame.bytes;
    const colours = signedRamp(), classes = scene.classes.map((_, c) => rgb(classColour(c))), mixed = [0, 0, 0];
    for (let i = 0; i < n * n; i++) {
      let c;
      if (k === 0) c = colours[discrete ? (bytes[i] > 127 ? 255 : 0) : bytes[i]];
      else if (k === 2) {
        const b = Math.round(127.5 + (bytes[2 * i + 1] - bytes[2 * i]) / 2);
        c = colours[discrete ? (b > 127 ? 255 : 0) : b];
      } else {
        let best = 0, sum = 1e-6;
        for (let j = 0; j < k; j++) { const b = bytes[k * i + j]; sum += b; if (b > bytes[k * i + best]) best = j; }
        if (discrete) c = classes[best];
        else {
          c = mixed;
          for (let q = 0; q < 3; q++) { c[q] = 0; for (let j = 0; j < k; j++) c[q] += bytes[k * i + j] / sum * classes[j][q]; }
        }
      }
      data[4 * i] = c[0]; data[4 * i + 1] = c[1]; data[4 * i + 2] = c[2]; data[4 * i + 3] = 205;
    }
    context.putImageData(image, 0, 0);
  }

  function points(context, scene, options) {
    const paper = colour('paper'), ink = colour('ink'), colours = signedRamp();
    const scale = canvas.width / (2 * range), size = scene.tested.length > 500 ? 60 : 110;
    for (let i = 0; i < scene.tested.length; i++) {
      if (scene.tested[i] && !options.test) continue;
      const value = scene.targets[i], values = scene.classes.length === 0;
      const mine = values ? `rgb(${colours[Math.max(0, Math.min(255, Math.round(127.5 + 127.5 * value)))]})` : classColour(value);
      context.save();
      context.translate((scene.points[2 * i] + range) * scale, (range - scene.points[2 * i + 1]) * scale);
      context.beginPath();
      d3.symbol(values ? d3.symbolCircle : SHAPES[value % 6], size).context(context)();
      context.lineWidth = 2.5;
      context.fillStyle = scene.tested[i] ? paper : mine;
      context.strokeStyle = scene.tested[i] ? mine : paper;
      context.fill();
      context.stroke();
      if (values) { context.lineWidth = 1; context.strokeStyle = ink; context.stroke(); }
      context.restore();
    }
  }

  return {
    node: canvas,
    /** Draws everything; a frame that is null leaves the plane empty. */
    paint(scene, frame, options) {
      range = scene.range;
      own = options.own;
      redraw = () => this.paint(scene, frame, options);
      const context = canvas.getContext('2d');
      context.clearRect(0, 0, canvas.width, canvas.height);
      if (frame) {
        surface(scene, frame, options.discrete);
        context.imageSmoothingEnabled = !options.discrete;
        context.drawImage(small, 0, 0, canvas.width, canvas.height);
      } else { context.fillStyle = colour('off'); context.fillRect(0, 0, canvas.width, canvas.height); }
      points(context, scene, options);
      if (cursor) {
        const x = (cursor[0] + range) * canvas.width / (2 * range), y = (range - cursor[1]) * canvas.width / (2 * range);
        context.strokeStyle = colour('ink');
        context.lineWidth = 2;
        context.beginPath();
        for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) { context.moveTo(x + 8 * dx, y + 8 * dy); context.lineTo(x + 22 * dx, y + 22 * dy); }
        context.stroke();
      }
      canvas.setAttribute('aria-label', `The plane from -${range} to ${range}: ${scene.tested.length} points over what the network says. Arrow keys move a mark and read out what it says there.`
        + (own ? ' Enter adds a point, Delete removes the nearest.' : ''));
    },
  };
}
