// Curves of runs with uPlot: one x axis for all charts, zoomed by drag, their last values as text.
import { colour } from '../lib/draw.js';
import { short } from '../lib/numbers.js';
import { el } from '../lib/ui.js';

const AXIS = { step: 'steps', time: 'seconds', epoch: 'epochs' };

/** All charts of a page; `zoomed(from, to)` is told what was dragged over, or nothing for the whole. */
export class Charts {
  constructor(box, zoomed) {
    Object.assign(this, { box, zoomed, charts: new Map(), range: null });
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(box);
  }

  /** Shows exactly these charts: [{ key, title, note, log, lines: [{ name, x, y, colour, dash, faint, key }] }]. */
  show(wanted, axis) {
    const keys = new Set(wanted.map(w => w.key));
    for (const [key, chart] of this.charts) if (!keys.has(key)) { chart.end(); this.charts.delete(key); }
    for (const w of wanted) {
      let chart = this.charts.get(w.key);
      const form = [axis, w.log, ...w.lines.map(l => l.name + l.colour + !!l.faint + (l.dash || ''))].join('|');
      if (!chart || chart.form !== form) {
        const fresh = new Chart(w, axis, form, this);
        if (chart) { chart.end(fresh.box); } else this.box.append(fresh.box);
        chart = fresh;
        this.charts.set(w.key, chart);
        chart.make();
      }
      chart.set(w);
    }
    wanted.forEach(w => this.box.append(this.charts.get(w.key).box)); // in this order
  }

  zoom(range) {
    this.range = range;
    for (const c of this.charts.values()) c.zoom();
  }

  fit() { for (const c of this.charts.values()) c.fit(); }

  end() {
    this.watch.disconnect();
    for (const c of this.charts.values()) c.end();
    this.charts.clear();
  }
}

class Chart {
  constructor(wanted, axis, form, all) {
    Object.assign(this, { wanted, axis, form, all, plot: null });
    this.canvas = el('div', { role: 'img', 'aria-label': wanted.title + ' against ' + AXIS[axis] });
    this.values = el('div.row.faint.values', { style: 'font-size:.9rem' });
    this.box = el('section.card', { 'data-chart': wanted.key }, el('h2', wanted.title), this.canvas, this.values, wanted.note ? el('p.faint', { style: 'font-size:.9rem;margin:6px 0 0' }, wanted.note) : null);
  }

  make() {
    const { wanted } = this, axis = { stroke: colour('faint'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line') }, font: '14px system-ui' };
    const log = wanted.log;
    this.plot = new window.uPlot({
      width: Math.max(200, this.canvas.clientWidth || 300), height: 200, legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: false }, bind: { dblclick: () => () => this.all.zoomed(null) } },
      hooks: { setSelect: [u => this.selected(u)] },
      scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
      axes: [{ ...axis, size: 34, space: 70 }, { ...axis, size: 68, values: (_, all) => all.map(v => (v === null ? '' : log && !/^[1]/.test(v.toExponential()) ? '' : brief(v))) }],
      series: [{}, ...wanted.lines.map(l => ({ label: l.name, stroke: l.colour, width: l.faint ? 1 : 2, alpha: l.faint ? 0.3 : 1, dash: l.dash, spanGaps: true, points: { show: (u, i) => u.data[i].filter(v => v !== null && v !== undefined).length < 3 } }))],
    }, [[], ...wanted.lines.map(() => [])], this.canvas);
  }

  set(wanted) {
    this.wanted = wanted;
    const usable = (v) => (Number.isFinite(v) && (!wanted.log || v > 0) ? v : null);
    const tables = wanted.lines.map(l => [l.x, l.y.map(usable)]);
    const data = tables.length ? window.uPlot.join(tables) : [[]];
    this.plot.setData(data, !this.all.range);
    this.zoom();
    this.values.replaceChildren(...wanted.lines.filter(l => !l.faint).map(l => el('span', { 'data-line': l.key || l.name, 'data-last': l.y.length ? String(l.y.at(-1)) : '' },
      el('span', { 'aria-hidden': 'true', style: `display:inline-block;width:20px;border-top:3px ${l.dash ? 'dashed' : 'solid'} ${l.colour};vertical-align:middle;margin-right:5px` }),
      l.name + ' ', el('strong', { style: 'color:var(--ink);font-variant-numeric:tabular-nums' }, l.y.length ? short(l.y.at(-1)) : '–'))));
  }

  selected(u) {
    if (u.select.width < 4) return;
    const from = u.posToVal(u.select.left, 'x'), to = u.posToVal(u.select.left + u.select.width, 'x');
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.all.zoomed([from, to]);
  }

  zoom() {
    const { range } = this.all;
    if (range) this.plot.setScale('x', { min: range[0], max: range[1] });
    else {
      const x = this.plot.data[0];
      if (x.length) this.plot.setScale('x', x.length > 1 ? { min: x[0], max: x.at(-1) } : { min: x[0] - 1, max: x[0] + 1 });
    }
  }

  fit() {
    const width = this.canvas.clientWidth;
    if (width > 50 && Math.abs(width - this.plot.width) > 1) this.plot.setSize({ width, height: 200 });
  }

  end(next) {
    this.plot?.destroy();
    if (next) this.box.replaceWith(next);
    else this.box.remove();
  }
}

function brief(v) {
  const a = Math.abs(v);
  if (v === 0) return '0';
  if (a >= 1e6) return (v / 1e6).toLocaleString('en', { maximumFractionDigits: 1 }) + ' M';
  if (a >= 1e4) return (v / 1e3).toLocaleString('en', { maximumFractionDigits: 1 }) + ' k';
  return a < 1e-3 ? v.toExponential(0) : String(Number(v.toPrecision(4)));
}
