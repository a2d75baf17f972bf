import type { DossierRow } from "../../src/dossiers/import/dossier-stage.ts";

export interface Outcomes {
  created: number;
  updated: number;
  unchanged: number;
  stale: number;
  rejected: number;
}

const timeOf = ({ updatedAt }: DossierRow): number => Date.parse(updatedAt);
const contentOf = (row: DossierRow): string => JSON.stringify({ ...row, updatedAt: null });

/** The latest update of each dossier of each source. */
export class Ledger {
  readonly #known = new Map<string, DossierRow>();

  known(source: string): DossierRow[] {
    return [...this.#known].filter(([key]) => key.startsWith(`${source} `)).map(([, row]) => row);
  }

  all(): DossierRow[] {
    return [...this.#known.values()];
  }

  retract(source: string, codes: readonly string[]): void {
    for (const code of codes) this.#known.delete(`${source} ${code}`);
  }

  send(source: string, rows: readonly DossierRow[]): Outcomes {
    const outcomes = { created: 0, updated: 0, unchanged: 0, stale: 0, rejected: 0 };
    for (const of of Map.groupBy(rows, ({ code }) => code).values()) {
      const latest = Math.max(...of.map(timeOf));
      const newest = of.filter((row) => timeOf(row) === latest);
      outcomes.stale += of.length - newest.length;
      if (new Set(newest.map(contentOf)).size > 1) {
        // Nobody can say which of them is true.
        outcomes.rejected += newest.length;
        continue;
      }
      outcomes.unchanged += newest.length - 1;
      outcomes[this.#sendOne(source, newest[0]!)]++;
    }
    return outcomes;
  }

  #sendOne(source: string, row: DossierRow): keyof Outcomes {
    const key = `${source} ${row.code}`;
    const known = this.#known.get(key);
    if (known && timeOf(known) > timeOf(row)) return "stale";
    if (known && timeOf(known) === timeOf(row)) return contentOf(known) === contentOf(row) ? "unchanged" : "rejected";
    this.#known.set(key, row);
    return known ? "updated" : "created";
  }
}
