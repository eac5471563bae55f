// The drawings of a page as files: SVG as they stand, with the stylesheet's colours in them, or PNG.
import { el } from './ui.js';

const KEPT = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linejoin', 'opacity',
  'font-size', 'font-weight', 'font-family', 'font-variant-numeric', 'text-anchor', 'paint-order', 'display', 'visibility'];
const SMALLEST = 56, HEAD = 34, LARGEST = 8000;
const area = box => box.width * box.height;

/** The drawings that can be saved, the largest first: [{ name, node, under }]; `under` are canvases that lie beneath it. */
export function views() {
  const seen = [...document.querySelectorAll('main svg, main canvas')].map(node => ({ node, box: node.getBoundingClientRect() }))
    .filter(v => v.box.width >= SMALLEST && v.box.height >= 24 && !v.node.closest('[data-unsaved]'));
  const within = (a, b) => {
    const w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return w > 0 && h > 0 && w * h > 0.9 * Math.min(area(a), area(b));
  };
  const below = new Set();
  for (const v of seen) {
    v.under = v.node instanceof SVGElement ? seen.filter(o => o.node.tagName === 'CANVAS' && o.node.parentNode === v.node.parentNode && within(o.box, v.box)).map(o => o.node) : [];
    v.under.forEach(n => below.add(n));
  }
  return seen.filter(v => !below.has(v.node)).sort((a, b) => area(b.box) - area(a.box)).map(v => ({ node: v.node, under: v.under, name: nameOf(v.node) }));
}

function nameOf(node) {
  const labelled = node.closest('[aria-label]'), heading = headingOf(node);
  const text = labelled && labelled.matches('svg, canvas, [role=img]') ? labelled.getAttribute('aria-label').split(/[.:;]/)[0] : '';
  return (text || heading || 'Picture').slice(0, 80);
}
const headingOf = node => node.closest('.card')?.querySelector('h1, h2')?.textContent.trim() || '';

/** An svg with all that the stylesheet says written into it. */
function plain(svg) {
  const copy = svg.cloneNode(true);
  const from = [svg, ...svg.querySelectorAll('*')], to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((node, i) => {
    const style = getComputedStyle(node);
    for (const key of KEPT) if (style.getPropertyValue(key)) to[i].style.setProperty(key, style.getPropertyValue(key));
    for (const name of ['class', 'tabindex', 'role']) to[i].removeAttribute(name);
  });
  copy.removeAttribute('style');
  return copy;
}

/** The names of a chart's lines, with their colours. */
function legendOf(node) {
  const chart = node.closest('.uplot');
  if (chart) {
    return [...chart.querySelectorAll('.u-legend .u-series')].slice(1).map(s => ({ name: s.querySelector('.u-label')?.textContent || '', stroke: getComputedStyle(s.querySelector('.u-marker')).borderTopColor }));
  }
  if (node.dataset.legend) return JSON.parse(node.dataset.legend);
  if (!node.classList.contains('lines')) return [];
  return [...(node.closest('.card')?.querySelectorAll('.legend > span') || [])].map(s => {
    const line = s.querySelector('line');
    return { name: s.textContent.trim(), stroke: line?.getAttribute('stroke') || '', dash: line?.getAttribute('stroke-dasharray') };
  });
}

/** The view as the text of an svg of its own, under its heading, on the page's paper. */
function standalone({ node, under, name }) {
  const box = node.getBoundingClientRect();
  const natural = node instanceof SVGElement && node.viewBox.baseVal?.width ? node.viewBox.baseVal : { x: 0, y: 0, width: box.width, height: box.height };
  const { width, height } = natural, styles = getComputedStyle(document.body);
  const make = (tag, attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const lines = legendOf(node), tall = height + HEAD + 22 * lines.length;
  const all = make('svg', { viewBox: `0 0 ${width} ${tall}`, width, height: tall });
  all.append(make('rect', { width: '100%', height: '100%', fill: styles.backgroundColor }));
  const words = (x, y, size) => make('text', { x, y, 'font-size': size, 'font-family': 'system-ui, sans-serif', fill: styles.color });
  const title = words(8, 22, 15);
  const heading = headingOf(node), most = Math.floor(width / 8);
  const text = heading && !name.includes(heading) ? heading + ': ' + name : name;
  title.textContent = text.length > most ? text.slice(0, most - 1) + '…' : text;
  all.append(title);
  const image = canvas => make('image', { x: 0, y: HEAD, width, height, preserveAspectRatio: 'none', style: 'image-rendering:' + (canvas.width < width ? 'pixelated' : 'auto'), href: canvas.toDataURL() });
  under.forEach(canvas => all.append(image(canvas)));
  if (node instanceof SVGElement) {
    const copy = plain(node);
    for (const [key, value] of Object.entries({ x: 0, y: HEAD, width, height })) copy.setAttribute(key, value);
    all.append(copy);
  } else all.append(image(node));
  lines.forEach((l, i) => {
    const y = HEAD + height + 22 * i + 12, name = words(44, y + 4, 13);
    name.textContent = l.name;
    all.append(make('line', { x1: 10, x2: 38, y1: y, y2: y, stroke: l.stroke, 'stroke-width': 3, ...(l.dash ? { 'stroke-dasharray': l.dash } : {}) }), name);
  });
  return { text: new XMLSerializer().serializeToString(all), width, height: tall };
}

function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function write(kind, page, view) {
  const picture = standalone(view), name = 'cajal-' + page + '.' + kind;
  if (kind === 'svg') { download(new Blob([picture.text], { type: 'image/svg+xml' }), name); return; }
  const scale = Math.min(2, LARGEST / Math.max(picture.width, picture.height)), canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const image = new Image();
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(picture.text);
  await image.decode();
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  download(await new Promise(done => canvas.toBlob(done)), name);
}

/** Saves the page's drawing; of several the person chooses one. False if there is none. */
export async function save(kind, page) {
  const all = views();
  if (all.length < 2) {
    if (all.length) await write(kind, page, all[0]);
    return all.length > 0;
  }
  const dialog = el('dialog.card', { 'aria-labelledby': 'which' },
    el('h2', { id: 'which' }, 'Which picture?'),
    el('div.stack.choices', all.slice(0, 40).map(v => el('button', { onclick: () => { dialog.close(); write(kind, page, v); } }, v.name))),
    el('div.row', { style: 'margin-top:12px' }, el('button.quiet', { onclick: () => dialog.close() }, 'None')));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return true;
}
