// Many values as colours, fast: the stylesheet's colours are read once, and a table of 511 shades made of them.
import { colour } from './draw.js';
const d3 = window.d3;
const STEPS = 255;

/** A scale from blue (below 0) over nothing (0) to a bright colour; css(v, most) and rgb(v, most). */
export function heat(bright = 'positive', zero = 'off') {
  const below = d3.interpolateLab(colour(zero), colour('negative')), above = d3.interpolateLab(colour(zero), colour(bright));
  const table = [];
  for (let i = -STEPS; i <= STEPS; i++) table.push(d3.rgb((i < 0 ? below : above)(Math.abs(i) / STEPS)));
  const texts = table.map(String);
  const at = (v, most) => STEPS + Math.round(STEPS * Math.max(-1, Math.min(1, v / (most || 1))));
  return { css: (v, most) => texts[at(v, most)], rgb: (v, most) => table[at(v, most)] };
}

/** From paper (0) to ink (1), as digits are drawn. */
export function grey() {
  const mix = d3.interpolateRgb(colour('card'), colour('ink'));
  const table = Array.from({ length: STEPS + 1 }, (_, i) => d3.rgb(mix(i / STEPS)));
  const at = v => Math.round(STEPS * Math.max(0, Math.min(1, v)));
  return { css: v => String(table[at(v)]), rgb: v => table[at(v)] };
}

/** The largest distance from 0. */
export function most(values) {
  let m = 0;
  for (const v of values) if (Math.abs(v) > m) m = Math.abs(v);
  return m;
}

/** Pictures of rows·columns values beside and below each other on one canvas, `across` in a row, with a gap between. */
export function sheet(values, rows, columns, across, scale, range, gap = 1, canvas = document.createElement('canvas')) {
  const area = rows * columns, count = Math.round(values.length / area), down = Math.ceil(count / across);
  canvas.className = 'pixels';
  canvas.width = across * (columns + gap) - gap;
  canvas.height = down * (rows + gap) - gap;
  const context = canvas.getContext('2d'), image = context.createImageData(canvas.width, canvas.height);
  for (let k = 0; k < count; k++) {
    const left = (k % across) * (columns + gap), top = Math.floor(k / across) * (rows + gap);
    for (let i = 0; i < area; i++) {
      const c = scale.rgb(values[k * area + i], range);
      const at = 4 * ((top + Math.floor(i / columns)) * canvas.width + left + i % columns);
      image.data[at] = c.r; image.data[at + 1] = c.g; image.data[at + 2] = c.b; image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** A picture for a card: a sheet of one, with its name for a screen reader. */
export function picture(values, columns, scale, range, title, width) {
  const canvas = sheet(values, values.length / columns, columns, 1, scale, range, 0);
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', title);
  if (width) canvas.style.width = width + 'px';
  return canvas;
}
