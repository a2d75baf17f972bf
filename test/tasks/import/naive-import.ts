/** What a system says of a task, as far as the order of words matters. */
export interface Word {
  readonly code: string;
  readonly day: number;
  readonly percent: number;
  readonly lead: string;
  readonly parent: string | null;
}

export interface WordCounts {
  created: number;
  updated: number;
  unchanged: number;
  stale: number;
  rejected: number;
}

type Status = keyof WordCounts;

const sameContent = (one: Word, other: Word): boolean => JSON.stringify(one) === JSON.stringify(other);
const MAX_CHAIN = 50;

/** The rules of an import, word by word and without a thought of speed. */
export class NaiveImport {
  readonly stored = new Map<string, Word>();

  send(words: readonly Word[]): WordCounts {
    const statuses = words.map((word, n) => this.#judge(words, word, n));
    const chosen = (n: number) => statuses[n] === "created" || statuses[n] === "updated";
    for (;;) {
      const sent = new Map(words.flatMap((word, n) => (chosen(n) ? [[word.code, word] as const] : [])));
      const endless = words.flatMap((word, n) => (chosen(n) && this.#isEndless(sent, word) ? [n] : []));
      for (const n of endless) statuses[n] = "rejected";
      const left = new Map(words.flatMap((word, n) => (chosen(n) ? [[word.code, word] as const] : [])));
      const orphans = this.#orphans(left);
      for (const n of words.keys()) if (chosen(n) && orphans.has(words[n]!.code)) statuses[n] = "rejected";
      if (endless.length + orphans.size === 0) break;
    }
    for (const [n, word] of words.entries()) if (chosen(n)) this.stored.set(word.code, word);
    const counts: WordCounts = { created: 0, updated: 0, unchanged: 0, stale: 0, rejected: 0 };
    for (const status of statuses) counts[status]++;
    return counts;
  }

  /** Of words of one code the latest counts; different ones of one moment are all refused. */
  #judge(words: readonly Word[], word: Word, n: number): Status {
    const others = words.filter(({ code }) => code === word.code);
    const last = Math.max(...others.map(({ day }) => day));
    if (word.day < last) return "stale";
    const latest = others.filter(({ day }) => day === last);
    if (latest.some((other) => !sameContent(other, word))) return "rejected";
    if (words.slice(0, n).some((other) => sameContent(other, word))) return "unchanged";
    const known = this.stored.get(word.code);
    if (!known) return "created";
    if (known.day !== word.day) return known.day > word.day ? "stale" : "updated";
    return sameContent(known, word) ? "unchanged" : "rejected";
  }

  #isEndless(sent: ReadonlyMap<string, Word>, { code, parent }: Word): boolean {
    let steps = 0;
    for (let above = parent; above !== null; above = (sent.get(above) ?? this.stored.get(above))?.parent ?? null)
      if (above === code || ++steps > MAX_CHAIN) return true;
    return false;
  }

  /** Codes whose parent is nowhere, and those of new tasks below them. */
  #orphans(sent: ReadonlyMap<string, Word>): Set<string> {
    const orphans = new Set<string>();
    const isKnown = (parent: string) => this.stored.has(parent) || (sent.has(parent) && !orphans.has(parent));
    for (let before = -1; before < orphans.size;) {
      before = orphans.size;
      for (const { code, parent } of sent.values()) if (parent !== null && !isKnown(parent)) orphans.add(code);
    }
    return orphans;
  }

  topOf(code: string): string {
    const { parent } = this.stored.get(code)!;
    return parent === null ? code : this.topOf(parent);
  }

  /** Retracts the codes, unless one is unknown or has parts that stay. @returns whether it did. */
  retract(codes: readonly string[]): boolean {
    const stays = [...this.stored.values()].some(({ code, parent }) => parent !== null && codes.includes(parent) && !codes.includes(code));
    if (stays || codes.some((code) => !this.stored.has(code))) return false;
    for (const code of codes) this.stored.delete(code);
    return true;
  }
}
