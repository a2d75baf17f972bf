import { visible } from "../code.ts";
import type { FileProblem } from "./problem-file.ts";

/** Maximum number of different values per column, and of those that are shown. */
const MOST_VALUES = 10_000;
const SHOWN_VALUES = 5;
const LONGEST_VALUE = 60;

interface Group {
  readonly column: string | null;
  readonly code: string;
  count: number;
  readonly values: Map<string, number>;
}

/** Groups problems by column, code and value, because users fix kinds of problems and not single ones. */
export class ProblemSummary {
  readonly #groups = new Map<string, Group>();
  count = 0;

  add({ column, code }: Pick<FileProblem, "column" | "code">, value: string | undefined): void {
    // List indexes are ignored: pauses[0].from becomes pauses[].from.
    const name = column?.replaceAll(/\[\d+\]/g, "[]") ?? null;
    const key = `${name} ${code}`;
    const group: Group = this.#groups.get(key) ?? { column: name, code, count: 0, values: new Map() };
    this.#groups.set(key, group);
    this.count++;
    group.count++;
    if (value === undefined || (group.values.size >= MOST_VALUES && !group.values.has(value))) return;
    group.values.set(value, (group.values.get(value) ?? 0) + 1);
  }

  /** Most frequent first: `5,000 × state "Đã trả kết quả" (VALUE_UNKNOWN)`. */
  lines(): string[] {
    return [...this.#groups.values()].toSorted((a, b) => b.count - a.count).flatMap(linesOf);
  }
}

const linesOf = ({ column, code, count, values }: Group): string[] => {
  const line = (times: number, what: string) => `${times.toLocaleString("en-US")} × ${column ?? "the row"}${what} (${code})`;
  const shown = [...values].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN_VALUES);
  const rest = count - shown.reduce((sum, [, times]) => sum + times, 0);
  const others = values.size - shown.length;
  return [
    ...shown.map(([value, times]) => line(times, ` ${quoted(value)}`)),
    ...(rest > 0
      ? [line(rest, others > 0 ? `, ${others.toLocaleString("en-US")}${values.size === MOST_VALUES ? " or more" : ""} other values` : "")]
      : []),
  ];
};

const quoted = (value: string): string => `"${visible(value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE - 3)}...` : value)}"`;
