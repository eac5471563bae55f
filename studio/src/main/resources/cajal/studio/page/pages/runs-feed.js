// A run's course, as its lines tell it.

/** Numbers that JSON cannot write came as texts. */
const real = v => (typeof v === 'string' ? (v === 'Infinity' ? Infinity : v === '-Infinity' ? -Infinity : NaN) : v ?? NaN);

export class Course {
  constructor(name) {
    this.name = name;
    this.clear();
  }

  clear() {
    Object.assign(this, { start: null, steps: [], epochs: [], samples: [], judged: null, warnings: [], rates: [], saved: null, last: null,
      said: '', trouble: '', version: 0 });
  }

  add(line) {
    this.version++;
    this.last = line;
    switch (line.kind) {
      case 'start':
        this.cut(line.step);
        this.start = line;
        break;
      case 'step': this.steps.push(line); break;
      case 'sample': this.samples.push(line); break;
      case 'epoch': this.epochs.push(line); break;
      case 'judged': this.judged = line; break;
      case 'saved': this.saved = line; break;
      case 'rate': this.rates.push(line); break;
      case 'warning': this.warnings.push(line.message); break;
    }
  }

  /** A resumed run goes on from a checkpoint: what came after it did not count. */
  cut(step) {
    for (const key of ['steps', 'epochs', 'samples', 'rates']) this[key] = this[key].filter(l => l.step <= step);
  }

  get metrics() {
    const names = new Set();
    for (const e of this.epochs) {
      for (const k of Object.keys(e)) {
        if (!['kind', 'step', 'epoch', 'batch', 'seconds', 'epoch_seconds', 'loss', 'validation_loss', 'rate', 'samples_per_second'].includes(k)) names.add(k.replace(/^validation_/, ''));
      }
    }
    return [...names];
  }

  /** The batches of an epoch. */
  get batches() {
    const e = this.epochs.at(-1);
    return this.start?.batches || (e ? e.step / e.epoch : 1);
  }

  /** Where a line lies on the axis. */
  place(line, axis) {
    return axis === 'time' ? line.seconds : axis === 'epoch' ? line.step / this.batches : line.step;
  }

  /** A curve: { x, y } of the lines that have the value. */
  curve(lines, of, axis) {
    const x = [], y = [];
    for (const l of lines) {
      const v = real(of(l));
      if (Number.isNaN(v)) continue;
      const at = this.place(l, axis);
      if (x.length && at <= x.at(-1)) continue;
      x.push(at);
      y.push(v);
    }
    return { x, y };
  }
}

/** A curve made smooth: each value is mixed with those before it, `share` of them. */
export function smooth({ x, y }, share) {
  if (!(share > 0)) return { x, y };
  let sum = 0, weight = 0;
  return { x, y: y.map(v => {
    if (!Number.isFinite(v)) return v;
    sum = share * sum + (1 - share) * v;
    weight = share * weight + (1 - share);
    return sum / weight;
  }) };
}

export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  const s = Math.round(seconds);
  if (seconds < 10) return seconds.toFixed(1) + ' s';
  return s < 60 ? s + ' s' : s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`;
}
