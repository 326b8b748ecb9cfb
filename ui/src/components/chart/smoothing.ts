// Smoothing of curves, as TensorBoard does it.

/**
 * Exponential moving average with bias correction: the first point is not pulled towards zero.
 * NaN and infinities pass through and leave the average alone.
 *
 * @param weight 0 (the curve itself) to just under 1 (nearly flat).
 */
export function smooth(values: ArrayLike<number>, weight: number): Float64Array {
  const out = new Float64Array(values.length);
  let average = 0;
  let correction = 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value) || weight <= 0) {
      out[i] = value;
      continue;
    }
    average = average * weight + (1 - weight) * value;
    correction *= weight;
    out[i] = average / (1 - correction);
  }
  return out;
}
