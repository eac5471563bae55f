// Drawing with d3 and canvas: colours from the stylesheet, lines over axes, heat maps, histograms.
const d3 = window.d3;
export const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
export const series = i => colour('series-' + (1 + i % 6));

/** A colour for a value between -most and most: blue below 0, orange above. */
export function signed(value, most) {
  const share = Math.max(-1, Math.min(1, value / (most || 1)));
  const zero = colour('off');
  return share < 0 ? d3.interpolateLab(zero, colour('negative'))(-share) : d3.interpolateLab(zero, colour('positive'))(share);
}

/**
 * Lines over axes: lines({ lines: [{ name, x, y, colour }], width, height, xLabel, yLabel, yDomain }) as an svg element.
 * A title says to a screen reader what is drawn.
 */
export function lines({ lines, width = 520, height = 300, xLabel = '', yLabel = '', xDomain, yDomain, xLog = false, yLog = false, title = '' }) {
  const margin = { left: 46, right: 12, top: 10, bottom: 34 };
  const finite = lines.flatMap(l => Array.from(l.y).filter(Number.isFinite));
  const x = (xLog ? d3.scaleLog : d3.scaleLinear)(xDomain || d3.extent(lines.flatMap(l => Array.from(l.x))), [margin.left, width - margin.right]);
  const y = (yLog ? d3.scaleLog : d3.scaleLinear)(yDomain || d3.extent(finite), [height - margin.bottom, margin.top]).nice();
  const svg = d3.create('svg').attr('viewBox', `0 0 ${width} ${height}`).attr('class', 'lines').attr('role', 'img').attr('aria-label', title)
    .attr('style', 'width:100%;height:auto;display:block');
  svg.append('g').attr('class', 'axis').attr('transform', `translate(0,${height - margin.bottom})`).call(d3.axisBottom(x).ticks(6, xLog ? '~s' : undefined));
  svg.append('g').attr('class', 'axis').attr('transform', `translate(${margin.left},0)`).call(d3.axisLeft(y).ticks(6, yLog ? v => (v < 1e-3 ? v.toExponential(0) : String(v)) : undefined));
  svg.append('text').attr('class', 'faint').attr('x', width - margin.right).attr('y', height - 4).attr('text-anchor', 'end').text(xLabel);
  svg.append('text').attr('class', 'faint').attr('x', 4).attr('y', margin.top + 2).text(yLabel);
  for (const line of lines) {
    const points = Array.from(line.x, (v, i) => [v, line.y[i]]);
    svg.append('path').attr('fill', 'none').attr('stroke', line.colour).attr('stroke-width', 2)
      .attr('stroke-dasharray', line.dash || null)
      .attr('d', d3.line().defined(p => Number.isFinite(p[1]))(points.map(p => [x(p[0]), y(p[1])])));
  }
  return svg.node();
}

/** Names of lines with their colours. */
export function legend(entries) {
  const list = document.createElement('div');
  list.className = 'row faint legend';
  for (const e of entries) {
    const item = document.createElement('span');
    item.innerHTML = `<svg width="22" height="8" aria-hidden="true"><line x1="0" y1="4" x2="22" y2="4" stroke="${e.colour}" stroke-width="3" ${e.dash ? `stroke-dasharray="${e.dash}"` : ''}/></svg> `;
    item.append(e.name);
    list.append(item);
  }
  return list;
}

/** A histogram of counts as an svg group of bars. */
export function bars({ counts, width = 120, height = 60, fill = colour('series-1'), title = '' }) {
  const most = Math.max(1, ...counts);
  const step = width / counts.length;
  const svg = d3.create('svg').attr('viewBox', `0 0 ${width} ${height}`).attr('role', 'img').attr('aria-label', title)
    .attr('style', 'width:100%;height:auto;display:block');
  svg.selectAll('rect').data(Array.from(counts)).join('rect')
    .attr('x', (_, i) => i * step).attr('width', Math.max(0.5, step - 0.5))
    .attr('y', c => height - height * c / most).attr('height', c => height * c / most).attr('fill', fill);
  svg.append('line').attr('x1', 0).attr('x2', width).attr('y1', height - 0.5).attr('y2', height - 0.5).attr('stroke', colour('line'));
  return svg.node();
}

/** Values (rows·columns) as a canvas, one pixel a value, drawn by paint(value) -> css colour. */
export function pixels(values, columns, paint, title = '') {
  const canvas = document.createElement('canvas');
  canvas.className = 'pixels';
  canvas.width = columns;
  canvas.height = Math.ceil(values.length / columns);
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', title);
  const context = canvas.getContext('2d');
  for (let i = 0; i < values.length; i++) {
    context.fillStyle = paint(values[i], i);
    context.fillRect(i % columns, Math.floor(i / columns), 1, 1);
  }
  return canvas;
}
