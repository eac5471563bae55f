// The frame: navigation, theme, and the page that the address names.
import * as state from './lib/state.js';
import { save } from './lib/save.js';
import { el, say } from './lib/ui.js';

// A page is a module with `title` and `show(main)`, which may answer a function that ends what it started.
const PAGES = {
  home: { label: 'Start', load: () => import('./pages/home.js') },
  tour: { label: 'Tour', load: () => import('./pages/tour.js') },
  digits: { label: 'Digits', load: () => import('./pages/digits.js') },
  playground: { label: 'Playground', load: () => import('./pages/playground.js') },
  descent: { label: 'Descent', load: () => import('./pages/descent.js') },
  model: { label: 'Model', load: () => import('./pages/model.js') },
  runs: { label: 'Runs', load: () => import('./pages/runs.js') },
  activations: { label: 'Activations', load: () => import('./pages/activations.js') },
};

let end = null;
let turn = 0;

async function show() {
  const mine = ++turn;
  const name = state.page() in PAGES ? state.page() : 'home';
  const page = await PAGES[name].load();
  if (mine !== turn) return;
  if (end) end();
  end = null;
  document.title = page.title + ' · Cajal Studio';
  for (const link of document.querySelectorAll('#nav a')) {
    if (link.dataset.page === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const own = el('div'); // so that what a page shows late does not stand beside its successor
  document.getElementById('main').replaceChildren(own);
  const ended = await page.show(own);
  if (mine === turn) end = ended || null;
  else if (ended) ended();
}

function theme(name) {
  document.documentElement.dataset.theme = name;
  localStorage.setItem('cajal-theme', name);
}

document.getElementById('nav').append(...Object.entries(PAGES).map(([name, p]) =>
  el('li', el('a', { href: '#/' + (name === 'home' ? '' : name), 'data-page': name }, p.label))));
theme(new URLSearchParams(location.search).get('theme') || localStorage.getItem('cajal-theme')
  || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
document.getElementById('theme').addEventListener('click', () => {
  theme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
  show();
});
for (const kind of ['svg', 'png']) {
  document.getElementById('save-' + kind).addEventListener('click', async () => {
    if (!await save(kind, state.page())) say('There is no picture on this page.');
  });
}
state.onChange(() => show());
show();
