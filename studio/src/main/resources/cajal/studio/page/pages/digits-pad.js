// A sheet to draw a digit on, with mouse, finger or keyboard; the strokes as a short text for the address.
import { colour } from '../lib/draw.js';
import { el } from '../lib/ui.js';

const GRID = 64; // places in each direction, so that two letters name a point
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const MOST_POINTS = 900;
const WIDTH = 0.075; // of a line, as a share of the side

export const strokesOf = text => text.split('.').filter(Boolean).map(s => {
  const points = [];
  for (let i = 0; i + 1 < s.length; i += 2) {
    const x = LETTERS.indexOf(s[i]), y = LETTERS.indexOf(s[i + 1]);
    if (x >= 0 && y >= 0) points.push([x, y]);
  }
  return points;
}).filter(s => s.length);
const textOf = strokes => strokes.map(s => s.map(([x, y]) => LETTERS[x] + LETTERS[y]).join('')).join('.');

/** The strokes as side·side bytes from 0 (paper) to 255 (ink). */
export function inkOf(text, side) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  trace(context, strokesOf(text), side, '#fff');
  const data = context.getImageData(0, 0, side, side).data, values = new Uint8Array(side * side);
  for (let i = 0; i < values.length; i++) values[i] = data[4 * i + 3];
  return values;
}

function trace(context, strokes, side, style) {
  const at = v => (v + 0.5) / GRID * side;
  context.strokeStyle = style;
  context.lineWidth = WIDTH * side;
  context.lineCap = context.lineJoin = 'round';
  for (const s of strokes) {
    context.beginPath();
    context.moveTo(at(s[0][0]), at(s[0][1]));
    for (const [x, y] of s) context.lineTo(at(x), at(y));
    if (s.length === 1) context.lineTo(at(s[0][0]) + 0.01, at(s[0][1]));
    context.stroke();
  }
}

/** The sheet: change(text, moment) is told of each new point, with the time of the hand's movement. */
export function pad(text, change) {
  let strokes = strokesOf(text), down = false, pen = [32, 12], typing = false;
  const canvas = el('canvas.pad', { width: '280', height: '280', tabindex: '0', role: 'application', id: 'pad',
    'aria-label': 'Sheet to draw a digit on. With the keyboard: arrow keys move the pen, space puts it down and lifts it, Delete clears the sheet.' });
  const context = canvas.getContext('2d');
  const paint = () => {
    context.clearRect(0, 0, 280, 280);
    trace(context, strokes, 280, colour('ink'));
    if (!typing) return;
    context.beginPath();
    context.arc((pen[0] + 0.5) / GRID * 280, (pen[1] + 0.5) / GRID * 280, 8, 0, 7);
    context.strokeStyle = colour(down ? 'positive' : 'negative');
    context.lineWidth = 3;
    context.stroke();
  };
  const told = time => { paint(); change(textOf(strokes), time); };
  const place = e => {
    const box = canvas.getBoundingClientRect();
    return [(e.clientX - box.left) / box.width, (e.clientY - box.top) / box.height]
      .map(v => Math.max(0, Math.min(GRID - 1, Math.floor(v * GRID))));
  };
  const add = point => {
    const stroke = strokes.at(-1), last = stroke.at(-1);
    if (last && last[0] === point[0] && last[1] === point[1]) return false;
    if (strokes.reduce((n, s) => n + s.length, 0) >= MOST_POINTS) return false;
    stroke.push(point);
    return true;
  };
  canvas.addEventListener('pointerdown', e => {
    canvas.setPointerCapture(e.pointerId);
    typing = false;
    down = true;
    strokes.push([]);
    add(place(e));
    told(performance.now());
  });
  canvas.addEventListener('pointermove', e => { if (down && !typing && add(place(e))) told(performance.now()); });
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => { if (!typing) down = false; });
  canvas.addEventListener('keydown', e => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (step) {
      typing = true;
      pen = pen.map((v, i) => Math.max(0, Math.min(GRID - 1, v + 2 * step[i])));
      if (down && add(pen)) told(performance.now());
      else paint();
    } else if (e.key === ' ') {
      typing = true;
      down = !down;
      if (down) { strokes.push([]); add(pen); told(performance.now()); } else paint();
    } else if (e.key === 'Delete' || e.key === 'Backspace') clear();
    else return;
    e.preventDefault();
  });
  canvas.addEventListener('focus', () => { typing = canvas.matches(':focus-visible'); paint(); });
  canvas.addEventListener('blur', () => { typing = down = false; paint(); });
  function clear() {
    strokes = [];
    down = false;
    told(performance.now());
  }
  paint();
  return { node: canvas, clear, show(ink) { strokes = strokesOf(ink); paint(); } };
}
