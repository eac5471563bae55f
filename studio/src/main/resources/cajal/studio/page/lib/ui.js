// Small elements: el('p.faint', { id: 'x' }, 'text', child…), fields with labels, messages.
export function el(tag, ...rest) {
  const [name, ...classes] = tag.split('.');
  const node = document.createElement(name || 'div');
  if (classes.length) node.className = classes.join(' ');
  for (const part of rest.flat()) {
    if (part === null || part === undefined || part === false) continue;
    if (part instanceof Node) node.append(part);
    else if (typeof part === 'object') {
      for (const [key, value] of Object.entries(part)) {
        if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
        else if (key === 'style') node.style.cssText = value;
        else if (key in node && typeof value !== 'string') node[key] = value;
        else node.setAttribute(key, value);
      }
    } else node.append(String(part));
  }
  return node;
}

/** Gives a node other content; what is null or false is left out. */
export function fill(node, ...content) {
  node.replaceChildren(...content.flat().filter(c => c !== null && c !== undefined && c !== false));
}

/** A choice with its label; change(value) is told. */
export function choice(label, options, value, change) {
  const select = el('select', { onchange: () => change(select.value) },
    options.map(o => el('option', { value: o.value ?? o, selected: (o.value ?? o) === value }, o.label ?? o)));
  return el('label', label, select);
}

/** A number with its label; nothing is told while it is out of range. */
export function number(label, value, { min, max, step = 'any' }, change) {
  const input = el('input', { type: 'number', min: String(min), max: String(max), step: String(step), value: String(value) });
  input.addEventListener('change', () => { if (input.reportValidity() && input.value !== '') change(Number(input.value)); });
  return el('label', label, input);
}

let sliders = 0;
/** A slider with its label and value. */
export function slider(label, value, { min, max, step = 1, text = String }, change) {
  const shown = el('output', text(value));
  const id = 'slider-' + ++sliders; // without it the label would be the output's
  const input = el('input', { id, type: 'range', min: String(min), max: String(max), step: String(step), value: String(value) });
  input.addEventListener('input', () => { shown.textContent = text(Number(input.value)); change(Number(input.value)); });
  return el('label', { for: id }, label + ' ', shown, input);
}

export function check(label, value, change) {
  const input = el('input', { type: 'checkbox', checked: value, onchange: () => change(input.checked) });
  return el('label.inline', input, label);
}

let hide;
/** Says something to the person, for as long as it takes to read. */
export function say(text) {
  const box = document.getElementById('message');
  box.textContent = text;
  box.classList.add('shown');
  clearTimeout(hide);
  hide = setTimeout(() => box.classList.remove('shown'), 3000 + 60 * text.length);
}
