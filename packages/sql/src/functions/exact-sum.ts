import { toInt64 } from "../types/calendar.js";
import { checked, Decimal } from "../types/decimal.js";

/** A sum of 64-bit integers, exact: a number as long as that is safe, then spilt to a bigint. */
export class IntegerSum {
  count = 0;
  private near = 0;
  private far = 0n;

  add(value: number | bigint): this {
    this.count++;
    this.accumulate(value);
    return this;
  }

  remove(value: number | bigint): this {
    this.count--;
    this.accumulate(-value);
    return this;
  }

  /** Within ±2^53 a number, else a bigint of any size. */
  get total(): number | bigint {
    if (this.far === 0n) return this.near;
    return toInt64(this.far + BigInt(this.near));
  }

  private accumulate(value: number | bigint): void {
    if (typeof value === "number") {
      const sum = this.near + value;
      if (Number.isSafeInteger(sum)) {
        this.near = sum;
        return;
      }
    }
    this.far += BigInt(this.near) + BigInt(value);
    this.near = 0;
  }
}

/**
 * A sum of numerics, exact. It shows as many fractional digits as the value in it that has most,
 * so it counts the values of each scale: one that leaves takes its digits along. What is not
 * finite is only counted, which makes it removable too.
 */
export class DecimalSum {
  count = 0;
  private unscaled = 0n;
  private scale = 0;
  private readonly byScale: number[] = [];
  private nans = 0;
  private positive = 0;
  private negative = 0;

  add(value: Decimal): this {
    this.count++;
    if (!value.isFinite) {
      this.countSpecial(value, 1);
      return this;
    }
    if (value.scale > this.scale) {
      this.unscaled *= 10n ** BigInt(value.scale - this.scale);
      this.scale = value.scale;
    }
    this.byScale[value.scale] = (this.byScale[value.scale] ?? 0) + 1;
    this.unscaled += value.unscaledAt(this.scale);
    return this;
  }

  remove(value: Decimal): this {
    this.count--;
    if (!value.isFinite) {
      this.countSpecial(value, -1);
      return this;
    }
    this.byScale[value.scale] = (this.byScale[value.scale] ?? 0) - 1;
    this.unscaled -= value.unscaledAt(this.scale);
    while (this.scale > 0 && (this.byScale[this.scale] ?? 0) === 0) {
      // No value has this digit any more, so it is a zero.
      this.unscaled /= 10n;
      this.scale--;
    }
    return this;
  }

  get hasSpecial(): boolean {
    return this.nans + this.positive + this.negative > 0;
  }

  get total(): Decimal {
    if (this.nans > 0 || (this.positive > 0 && this.negative > 0)) return Decimal.NaN;
    if (this.positive > 0) return Decimal.Infinity;
    if (this.negative > 0) return Decimal.NegativeInfinity;
    return checked(this.unscaled, this.scale);
  }

  private countSpecial(value: Decimal, weight: number): void {
    if (value.isNaN) this.nans += weight;
    else if (value.sign > 0) this.positive += weight;
    else this.negative += weight;
  }
}
