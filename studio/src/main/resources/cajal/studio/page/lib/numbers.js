// Many numbers as text: single precision, little-endian, base 64, as the server sends them.
export function decode(text) {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** Whole numbers from 0 to 255, a byte each. */
export function encodeBytes(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/** A number for a person: 4 significant digits. */
export function short(x) {
  if (!Number.isFinite(x)) return String(x);
  if (x === 0) return '0';
  const a = Math.abs(x);
  return a >= 1e5 || a < 1e-4 ? x.toExponential(2) : String(Number(x.toPrecision(4)));
}

export const percent = x => (100 * x).toFixed(x > 0.9995 && x < 1 ? 3 : 1) + ' %';
