export type Figures = { readonly [name: string]: number | string | Figures };

/** What a benchmark gives: a table for people, and figures for machines. */
export type Measured = {
  readonly rows: readonly (readonly [label: string, value: string])[];
  readonly result: Figures;
};

/** The value below which `share` (0 to 1) of them lie; of an empty list 0. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

export function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
