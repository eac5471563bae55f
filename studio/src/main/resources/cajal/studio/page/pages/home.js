import { el } from '../lib/ui.js';

export const title = 'Start';

const ROOMS = [
  ['#/tour', 'Tour', 'New to all this? Eight short steps from one neuron to a network that learns, each with something to do and a question to answer.'],
  ['#/digits', 'Digits', 'Draw a digit and watch a network read it: neurons light up, the answer appears. Then let the error flow back, and see it learn.'],
  ['#/playground', 'Playground', 'A small network learns to tell points in the plane apart: build it, play, step, go back, set a weight by hand, draw points of your own; and take it home as a Java program.'],
  ['#/descent', 'Descent', 'Optimisers race down surfaces of two weights, step by step; and a real network shows why small batches win.'],
  ['#/model', 'Model', 'Any network taken apart: its layers and operations as a graph, their shapes, sizes and measured times, and the weights as figures and pictures.'],
  ['#/runs', 'Runs', 'Every training, past or under way: curves, gradients, weights, dead neurons, mistakes; and while it runs pause it, change its rate, stop it.'],
  ['#/activations', 'Activations', 'What bends between the layers, where it saturates and where it dies; and how initial weights let numbers vanish, explode or hold in a deep stack.'],
];

export function show(main) {
  main.append(
    el('div.stack',
      el('section', el('h1', 'See inside a network while it learns'),
        el('p.faint', 'Every number on these pages is computed by the library at this moment, on this computer.')),
      el('div.columns', ROOMS.map(([href, name, text]) =>
        el('a.card', { href, style: 'text-decoration:none;color:inherit;display:block' }, el('h2', name), el('p.faint', text))))));
}
