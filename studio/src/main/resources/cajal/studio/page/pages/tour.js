// The tour: eight short steps through the other rooms, each with something to do and a question.
import * as state from '../lib/state.js';
import { el } from '../lib/ui.js';
import { STEPS } from './tour-steps.js';

export const title = 'Tour';
// `answers` holds a digit for each step: the answer that was chosen, or - for none.
const DEFAULTS = { step: 1, answers: '-'.repeat(STEPS.length) };

export function show(main) {
  const current = state.values(DEFAULTS);
  current.step = Math.max(1, Math.min(STEPS.length, Math.round(current.step)));
  current.answers = STEPS.map((s, i) => (s.answers[current.answers[i]] ? current.answers[i] : '-')).join('');
  const frame = el('div.stack', { style: 'max-width:860px;margin:0 auto' });
  main.append(frame);
  const go = (step, focus) => {
    current.step = step;
    state.keep(current, DEFAULTS);
    draw(frame, current, go);
    frame.querySelector(focus || 'h2')?.focus();
  };
  draw(frame, current, go);
}

const solved = (current, i) => Number(current.answers[i]) === STEPS[i].right;

function draw(frame, current, go) {
  const i = current.step - 1, step = STEPS[i], last = current.step === STEPS.length;
  const count = STEPS.filter((_, k) => solved(current, k)).length;
  frame.replaceChildren(
    el('section', el('h1', 'From one neuron to a network that learns'),
      el('p.faint', 'Eight short steps. Each tells one idea, gives you one thing to do, and asks one question.')),
    el('nav', { 'aria-label': 'Steps of the tour', style: 'overflow:visible' }, el('ol.steps', STEPS.map((s, k) => el('li', el('button', { 'aria-current': k === i ? 'step' : 'false', 'aria-pressed': String(k === i), onclick: () => go(k + 1) },
      `${k + 1} ${s.name}`, solved(current, k) ? [el('span', { 'aria-hidden': 'true' }, ' ✓'), el('span.hidden', ', answered')] : ''))))),
    el('section.card.stack', el('h2', { id: 'step', tabindex: '-1', style: 'font-size:1.3rem' }, `${current.step}. ${step.name}`),
      step.story.map(text => el('p', text)), el('p.mono', { style: 'white-space:pre-wrap' }, step.maths)),
    el('section.card.stack', el('h2', 'Do'), el('p', step.task), way(step)),
    question(step, i, current, go),
    el('div.row.spread',
      el('button', { disabled: i === 0, onclick: () => go(current.step - 1) }, '← Back'),
      el('span.faint', { id: 'progress', role: 'status' }, `${count} of ${STEPS.length} questions answered`),
      last ? el('a', { href: '#/' }, 'To all rooms') : el('button', { class: solved(current, i) ? 'main' : '', id: 'next', onclick: () => go(current.step + 1) }, 'Next →')),
    ...(count === STEPS.length ? [el('p.good', { id: 'finished', role: 'status' }, 'You have been all the way: from one neuron to a network that learns. All rooms are yours to play in.')] : []));
}

/** The way into the room; a room that this studio has not is said, and the tour goes on. */
function way(step) {
  const label = document.querySelector(`#nav a[data-page="${step.room}"]`)?.textContent;
  return label ? el('p', el('a', { href: step.to, target: 'cajal-room', id: 'room' }, `Open the room ${label}`), el('span.faint', ' in a tab beside this one. Come back for the question.'))
    : el('p.faint', { id: 'missing' }, `The room “${step.room}” is not in this studio. Picture it in your mind, and go on with the question.`);
}

function question(step, i, current, go) {
  const chosen = current.answers[i] === '-' ? -1 : Number(current.answers[i]);
  const choose = k => {
    current.answers = current.answers.slice(0, i) + k + current.answers.slice(i + 1);
    go(current.step, `#answer-${k}`);
  };
  return el('section.card.stack', el('h2', { id: 'question' }, step.question),
    el('div.answers', { role: 'group', 'aria-labelledby': 'question' }, step.answers.map(([text], k) => el('button', {
      id: 'answer-' + k, class: k !== chosen ? '' : k === step.right ? 'right' : 'wrong', onclick: () => choose(k),
    }, text))),
    el('p', { id: 'feedback', role: 'status', class: chosen < 0 ? 'faint' : chosen === step.right ? 'good' : 'bad' },
      chosen < 0 ? 'Choose an answer; you may try again.' : (chosen === step.right ? 'Right. ' : 'Not quite. ') + step.answers[chosen][1]));
}
