// Requests to the studio's server. Failures are shown to the person in the server's own words.
import { say } from './ui.js';

const token = document.querySelector('meta[name="cajal-token"]').content;

async function request(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    say('The studio does not answer: is it still running?');
    throw e;
  }
  if (!answer.ok) {
    const text = await answer.text();
    say(text);
    throw new Error(text);
  }
  const type = answer.headers.get('Content-Type') || '';
  return type.startsWith('application/json') ? answer.json() : answer.text();
}

/** Looks something up: get('/api/x', { name: 'relu' }). */
export function get(path, params = {}, signal) {
  const query = new URLSearchParams(params).toString();
  return request(path + (query ? '?' + query : ''), { signal });
}

/** Computes or changes something: post('/api/x', { … }). */
export function post(path, body = {}, signal) {
  return request(path, {
    method: 'POST', signal,
    headers: { 'Content-Type': 'application/json', 'X-Cajal-Token': token },
    body: JSON.stringify(body),
  });
}

/** Sends bytes: send('/api/x', { at: 0 }, blob). */
export function send(path, params, bytes, signal) {
  return request(path + '?' + new URLSearchParams(params), {
    method: 'POST', signal, headers: { 'Content-Type': 'application/octet-stream', 'X-Cajal-Token': token }, body: bytes,
  });
}

/** Listens to an event stream; answers a function that ends it. */
export function listen(path, params, handlers) {
  const query = new URLSearchParams(params).toString();
  const source = new EventSource(path + (query ? '?' + query : ''));
  for (const [event, handler] of Object.entries(handlers)) {
    source.addEventListener(event, e => handler(e.data ? JSON.parse(e.data) : null));
  }
  return () => source.close();
}

/** Answers a function that gives a signal for the newest of many requests, and aborts those before it. */
export function newest() {
  let last = null;
  return () => {
    last?.abort();
    last = new AbortController();
    return last.signal;
  };
}

/** For catch(...): a request that a newer one made superfluous is no failure. */
export function ignoreAborted(e) {
  if (e.name !== 'AbortError') throw e;
}
