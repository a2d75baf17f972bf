import type { RollupKind } from "../figures/measure.ts";
import { type Rate, UNKNOWN_RATE } from "./rate.ts";
import { type Rollup, rollupClass } from "./rollup.ts";

type RemainderClass = new (whole: Rollup, parts: readonly Rollup[]) => Rollup;
const classes = new Map<RollupKind, RemainderClass>();

/** The difference between a roll-up and its other parts, so that all parts sum to it; it may be negative. */
export const remainderOf = (whole: Rollup, parts: readonly Rollup[]): Rollup => {
  const cached = classes.get(whole.kind);
  const Remainder = cached ?? remainderClass(whole);
  if (!cached) classes.set(whole.kind, Remainder);
  return new Remainder(whole, parts);
};

const remainderClass = ({ kind, positions }: Rollup): RemainderClass =>
  class Remainder extends rollupClass(kind) {
    readonly whole: Rollup;
    readonly #parts: readonly Rollup[];

    constructor(whole: Rollup, parts: readonly Rollup[]) {
      super(whole);
      this.whole = whole;
      this.#parts = parts;
    }

    override get kind() {
      return kind;
    }

    override get positions() {
      return positions;
    }

    /** The remainder of a withheld roll-up is withheld too. */
    override get isWithheld(): boolean {
      return this.whole.isWithheld;
    }

    override certainAt(position: number): number | null {
      const sums = [...this.#parts.map((part) => part.at(position)), this.whole.at(position)].filter((sum) => sum !== null);
      if (sums.length === 0) return null;
      return this.#parts.reduce((rest, part) => rest - (part.at(position) ?? 0), this.whole.at(position) ?? 0);
    }

    /** A negative remainder has no rate. */
    override rate(name: string): Rate {
      return this.isWithheld || ["Part", "Of", "Whole"].some((column) => (this.sum(`${name}${column}`) ?? 0) < 0)
        ? UNKNOWN_RATE
        : super.rate(name);
    }
  };
