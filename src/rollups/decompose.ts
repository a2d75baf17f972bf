import { type Tier, TIERS } from "../hierarchy/unit.entity.ts";
import type { Atom, Decomposed, ReportedMeasures, Spread } from "./atom.ts";
import type { Cell } from "./cell.ts";
import { type RollupKind, summedColumns } from "../figures/measure.ts";
import { type Member, type Tree, WHOLE_UNIT } from "../figures/tree.ts";

export const decompose = (kind: RollupKind, cells: readonly Cell[], tree: Tree): Decomposed => {
  const work = new Decomposition(kind, cells, tree);
  for (const tier of new Set(cells.map(({ handlingTier }) => handlingTier))) if (tier !== WHOLE_UNIT) work.decomposeTier(tier as Tier);
  if (cells.some(({ handlingTier }) => handlingTier === WHOLE_UNIT)) work.decomposeWhole();
  for (const cell of cells) work.learn(cell);
  return { atoms: [...work.atoms.values()], spreads: work.spreads, measureCoverage: work.measureCoverage };
};

class Decomposition {
  readonly atoms = new Map<string, Atom>();
  readonly spreads: Spread[] = [];
  readonly measureCoverage: ReportedMeasures[] = [];
  readonly #kind: RollupKind;
  readonly #tree: Tree;
  readonly #cells: Map<string, Map<number, Cell>>;
  /** For each column, the column whose completeness decides between statement and detail; a matched rate follows its denominator. */
  readonly #gates: number[];
  /** Maps `tier column` to the units whose own figure was chosen. */
  readonly #chosen = new Map<string, Set<number>>();
  /** Maps tier and unit to the number of units of the tier in the unit's subtree. */
  readonly #totals = new Map<Tier, Map<number, number>>();
  /** Holds `unit column` if every part of the whole unit has a value. */
  readonly #complete = new Set<string>();
  readonly #touched = new Set<number>();
  readonly #used: readonly number[];

  constructor(kind: RollupKind, cells: readonly Cell[], tree: Tree) {
    this.#kind = kind;
    this.#tree = tree;
    this.#cells = new Map(
      [...Map.groupBy(cells, ({ handlingTier }) => handlingTier)].map(([handlingTier, group]) => [
        handlingTier,
        new Map(group.map((cell) => [cell.unitId, cell])),
      ]),
    );
    const names = summedColumns(kind);
    this.#gates = names.map((_, column) => column);
    for (const { name } of kind.rates)
      for (const part of ["Part", "Of"]) this.#gates[names.indexOf(name + part)] = names.indexOf(`${name}Whole`);
    for (const { unitId } of cells) this.#touch(tree.members.get(unitId));
    this.#used = this.#gates.map((_, column) => column).filter((column) => cells.some((cell) => cell.columns[column] != null));
  }

  #touch(member: Member | undefined): void {
    for (let above = member; above && !this.#touched.has(above.id); above = this.#above(above)) this.#touched.add(above.id);
  }

  /** Chooses the own figures of units of the tier, and the statement of a unit above unless every unit of the tier below it reports the measure. */
  decomposeTier(tier: Tier): void {
    const cells = this.#cells.get(tier)!;
    const columns = this.#gates.length;
    const total = this.#count([...this.#tree.members.values()].filter((member) => member.tier === tier));
    this.#totals.set(tier, total);
    for (let column = 0; column < columns; column++) {
      const gate = this.#gates[column]!;
      const has = (id: number) => isWhole(cells.get(id), gate);
      const stating = [...cells.values()].filter((cell) => cell.columns[column] != null);
      const detail = stating.some(({ unitId }) => this.#isStatement(unitId, tier)) ? [...cells.keys()].filter(has) : [];
      const members = this.#count(detail.map((id) => this.#tree.members.get(id)).filter((member) => member?.tier === tier));
      const chosen = new Set<number>();
      for (const { unitId } of stating) {
        const complete = this.#isStatement(unitId, tier) && (total.get(unitId) ?? 0) > 0 && members.get(unitId) === total.get(unitId);
        if (!complete) chosen.add(unitId);
      }
      this.#chosen.set(`${tier} ${column}`, chosen);
      this.#addRemainders(tier, column, chosen, (id) => cells.get(id)!.columns[column]!);
      for (const unitId of chosen) if (this.#isStatement(unitId, tier)) this.#spreadStatement(unitId, tier, column, chosen);
    }
  }

  /** Chooses the value of whole units. Order: the sum of a unit's parts if each has a value, its own figure, its statements about lower tiers, the parts that have a value. */
  decomposeWhole(): void {
    const roots = [...this.#tree.members.values()].filter(({ parentId }) => parentId === null);
    const gatesFirst = this.#used.toSorted((a, b) => Number(this.#gates[a] !== a) - Number(this.#gates[b] !== b));
    for (const column of gatesFirst) {
      for (const root of roots) this.#wholeOf(root, column);
      for (const cell of this.#cells.get(WHOLE_UNIT)!.values()) {
        const member = this.#tree.members.get(cell.unitId);
        if (!member || member.tier === null) this.#add(cell.unitId, WHOLE_UNIT, column, cell.columns[column] ?? null);
      }
    }
  }

  learn(cell: Cell): void {
    const isReported = (n: number) => cell.columns[n] != null && !cell.recorded?.columns[n];
    const mask = this.#kind.measures.reduce((bits, _, n) => (isReported(n) ? bits | (1 << n) : bits), 0);
    const member = this.#tree.members.get(cell.unitId);
    if (mask === 0 || !member) return;
    if (member.tier === null && cell.handlingTier === WHOLE_UNIT) return;
    const about = member.tier === null ? [this.#tree.members.get(member.parentId!)!] : this.#subtree(member);
    for (const unit of about) {
      if (unit.tier === null || unit.tier === "COUNTRY" || (cell.handlingTier !== WHOLE_UNIT && unit.tier !== cell.handlingTier)) continue;
      this.measureCoverage.push({ unitId: unit.id, authorId: cell.unitId, handlingTier: cell.handlingTier, mask });
    }
  }

  #isStatement(unitId: number, tier: Tier): boolean {
    const member = this.#tree.members.get(unitId);
    return member !== undefined && member.tier !== null && member.tier !== tier;
  }

  #count(units: readonly (Member | undefined)[]): Map<number, number> {
    const counts = new Map<number, number>();
    for (const unit of units)
      for (let above = unit; above; above = this.#above(above)) counts.set(above.id, (counts.get(above.id) ?? 0) + 1);
    return counts;
  }

  #above(member: Member): Member | undefined {
    return member.parentId === null ? undefined : this.#tree.members.get(member.parentId);
  }

  #nearest(id: number, among: ReadonlySet<number>): number | null {
    const member = this.#tree.members.get(id);
    for (let above = member && this.#above(member); above; above = this.#above(above)) if (among.has(above.id)) return above.id;
    return null;
  }

  #add(unitId: number, handlingTier: string, column: number, amount: number | null): void {
    if (amount === null) return;
    const key = `${unitId} ${handlingTier}`;
    const atom = this.atoms.get(key) ?? { unitId, handlingTier, columns: Array<number | null>(this.#gates.length).fill(null) };
    atom.columns[column] = (atom.columns[column] ?? 0) + amount;
    this.atoms.set(key, atom);
  }

  /** Adds each chosen figure at its unit and subtracts it at the next chosen unit above. */
  #addRemainders(handlingTier: string, column: number, chosen: ReadonlySet<number>, value: (id: number) => number): void {
    for (const id of chosen) {
      this.#add(id, handlingTier, column, value(id));
      const above = this.#nearest(id, chosen);
      if (above !== null) this.#add(above, handlingTier, column, -value(id));
    }
  }

  #spreadStatement(unitId: number, tier: Tier, column: number, chosen: ReadonlySet<number>): void {
    const under = this.#subtree(this.#tree.members.get(unitId)!).filter((unit) => unit.tier === tier);
    const receivers = under.filter(({ id }) => !chosen.has(id) && this.#nearest(id, chosen) === unitId).map(({ id }) => id);
    this.#spread(unitId, tier, column, receivers);
  }

  #spread(unitId: number, handlingTier: string, column: number, receivers: readonly number[]): void {
    if (receivers.length > 0)
      this.spreads.push({ unitId, handlingTier, column, amount: this.#amount(unitId, handlingTier, column)!, receivers });
  }

  #subtree(root: Member): Member[] {
    const found = [root];
    for (const member of found) found.push(...(this.#tree.children.get(member.id) ?? []));
    return found;
  }

  /** Returns the values of a whole unit and of its tiers, and adds the atom that makes its subtree sum to its value. */
  #wholeOf(member: Member, column: number): WholeUnit {
    if (!this.#touched.has(member.id)) return UNKNOWN;
    const all = this.#tree.children.get(member.id) ?? [];
    const below = all.filter(({ tier }) => tier !== null).map((child) => this.#wholeOf(child, column));
    const serving = all.filter(({ tier }) => tier === null).map(({ id }) => this.#amount(id, member.tier!, column));
    const used = TIERS.filter((tier) => tier !== member.tier && this.#chosen.get(`${tier} ${column}`)?.has(member.id));
    // A statement about a tier without units below belongs to the unit itself, like its own tier.
    const lower = used.filter((tier) => this.#totals.get(tier)!.has(member.id));
    const apart = used.filter((tier) => !lower.includes(tier)).map((tier) => this.#amount(member.id, tier, column));
    const own = sumReported([this.#amount(member.id, member.tier!, column), ...serving, ...apart]);
    const statedBelow = sumReported(lower.map((tier) => this.#amount(member.id, tier, column)));
    const tiers = sumReported([own, statedBelow, ...below.map((child) => child.tiers)]);
    const stated = this.#cells.get(WHOLE_UNIT)!.get(member.id)?.columns[column] ?? null;
    const complete = this.#isComplete(member, column, below);
    const parts = sumReported([own, ...below.map(({ value }) => value)]);
    const value = complete ? parts : (stated ?? (lower.length > 0 ? tiers : parts));
    const rest = (value ?? 0) - (sumReported([parts, statedBelow]) ?? 0);
    const states = !complete && stated !== null;
    if (states || rest !== 0) this.#add(member.id, WHOLE_UNIT, column, rest);
    if (states) this.#spread(member.id, WHOLE_UNIT, column, this.#unstated(member, column));
    return { value, tiers, isDetermined: stated !== null || complete };
  }

  #isComplete(member: Member, column: number, below: readonly WholeUnit[]): boolean {
    const gate = this.#gates[column]!;
    const key = `${member.id} ${gate}`;
    if (gate !== column) return this.#complete.has(key);
    const complete = isWhole(this.#cells.get(member.tier!)?.get(member.id), gate) && below.every(({ isDetermined }) => isDetermined);
    if (complete) this.#complete.add(key);
    return complete;
  }

  #amount(unitId: number, handlingTier: string, column: number): number | null {
    return this.atoms.get(`${unitId} ${handlingTier}`)?.columns[column] ?? null;
  }

  /** Returns the units below that have neither a figure of their own nor a statement of a unit in between. */
  #unstated(root: Member, column: number): number[] {
    const found: number[] = [];
    const visit = (member: Member, stated: readonly Tier[]): void => {
      const scopes = [...stated, ...TIERS.filter((tier) => this.#chosen.get(`${tier} ${column}`)?.has(member.id))];
      for (const child of this.#tree.children.get(member.id) ?? []) {
        if (child.tier === null || this.#cells.get(WHOLE_UNIT)!.get(child.id)?.columns[column] != null) continue;
        if (!scopes.includes(child.tier) && this.#cells.get(child.tier)?.get(child.id)?.columns[column] == null) found.push(child.id);
        visit(child, scopes);
      }
    };
    visit(root, []);
    return found;
  }
}

interface WholeUnit {
  readonly value: number | null;
  readonly tiers: number | null;
  /** True if the unit has its own figure or a value for each part. */
  readonly isDetermined: boolean;
}

const UNKNOWN: WholeUnit = { value: null, tiers: null, isDetermined: false };

/** True if the value covers all records, not only some of them. */
const isWhole = (cell: Cell | undefined, column: number): boolean =>
  cell?.columns[column] != null && (!cell.recorded?.columns[column] || cell.recorded.isComplete);

const sumReported = (numbers: readonly (number | null)[]): number | null => {
  const values = numbers.filter((number) => number !== null);
  return values.length === 0 ? null : values.reduce((sum, number) => sum + number, 0);
};
