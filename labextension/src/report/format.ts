/** Figures as people read them; the same forms as the Python tables. */

import type { Size } from './report';

const GROUPED = new Intl.NumberFormat('en-US');

function fixed(digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `1105` → `1,105`; estimates carry `≈`. */
export function tokens(count: number, exact = true): string {
  return (exact ? '' : '≈') + GROUPED.format(Math.round(count));
}

/** `1,105 → 255`; one figure when nothing changed. */
export function change(before: number, after: number, beforeExact = true, afterExact = true): string {
  return before === after ? tokens(before, beforeExact) : `${tokens(before, beforeExact)} → ${tokens(after, afterExact)}`;
}

/** A share as whole percent; only what is everything reads `100 %`, and only nothing `0 %`. */
export function percent(share: number | null): string {
  if (share === null) {
    return '–';
  }
  const whole = Math.round(share * 100);
  return `${share > 0 && share < 1 ? Math.min(99, Math.max(1, whole)) : whole} %`;
}

/** A risk as percent, with one decimal below ten where it says something; only what is nothing reads `0 %`. */
export function risk(share: number): string {
  const hundredths = share * 100;
  if (share === 0 || hundredths >= 10) {
    return percent(share);
  }
  return `${Math.max(0.1, hundredths).toFixed(1).replace(/\.0$/, '')} %`;
}

/** Dollars, below one with two significant digits. */
export function usd(dollars: number | null): string {
  if (dollars === null) {
    return '–';
  }
  if (dollars === 0) {
    return '$0';
  }
  const size = Math.abs(dollars);
  const digits = size >= 1 ? 2 : Math.max(2, 1 - Math.floor(Math.log10(size)));
  return `$${fixed(Math.min(digits, 20)).format(dollars)}`;
}

/** `1240×1754 px`. */
export function pixels(size: Size | null): string {
  return size === null ? '–' : `${size[0]}×${size[1]} px`;
}
