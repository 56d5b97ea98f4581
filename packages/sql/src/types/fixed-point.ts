/** The largest integer whose square is not above `value`, by Newton's iteration. */
export function sqrtBigint(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * e^(x / 10^digits), scaled by 10^digits. The argument is halved until its Taylor series runs
 * fast, and the result squared as often; each squaring costs about a third of a digit, which the
 * extra digits pay for.
 */
export function expFixed(x: bigint, digits: number): bigint {
  const one = 10n ** BigInt(digits);
  if (x < 0n) return (one * one) / expFixed(-x, digits);
  const whole = Number(x / one);
  const halvings = 8 + Math.ceil(Math.log2(whole + 1));
  const extra = BigInt(Math.ceil(halvings / 3) + 6 + Math.ceil(whole * 0.45));
  const unit = one * 10n ** extra;
  const reduced = (x * 10n ** extra) >> BigInt(halvings);
  let sum = unit;
  let term = unit;
  for (let n = 1n; term !== 0n; n++) {
    term = (term * reduced) / unit / n;
    sum += term;
  }
  for (let i = 0; i < halvings; i++) sum = (sum * sum) / unit;
  return sum / 10n ** extra;
}

/**
 * ln(mantissa / 10^digits × 10^exponent), scaled by 10^digits; 1 <= mantissa / 10^digits < 10.
 */
export function lnFixed(mantissa: bigint, exponent: number, digits: number): bigint {
  const extra = 12n;
  const grown = 10n ** extra;
  const one = 10n ** BigInt(digits) * grown;
  const log = lnReduced(mantissa * grown, one);
  if (exponent === 0) return log / grown;
  return (log + BigInt(exponent) * lnReduced(10n * one, one)) / grown;
}

/** Three square roots bring the argument near 1, where 2·atanh((y-1)/(y+1)) converges. */
function lnReduced(x: bigint, one: bigint): bigint {
  let y = x;
  for (let i = 0; i < 3; i++) y = sqrtBigint(y * one);
  const z = ((y - one) * one) / (y + one);
  const square = (z * z) / one;
  let sum = 0n;
  let term = z;
  for (let n = 1n; term !== 0n; n += 2n) {
    sum += term / n;
    term = (term * square) / one;
  }
  return sum * 16n;
}
