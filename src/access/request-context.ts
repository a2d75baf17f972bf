import type { Viewer } from "./viewer.ts";
import type { Pools } from "../database/database.ts";
import { Reader, type Share } from "../database/reader.ts";
import type { EvidenceKind } from "../hierarchy/unit.loaders.ts";
import { type UnitState, unitStateOf } from "../hierarchy/unit-state.ts";
import { type Day, dayOf } from "../lib/time/date.ts";

export interface Asker {
  readonly viewer?: Viewer | null;
  /** Aborted when the client is gone: what it asked for is then cancelled. */
  readonly signal?: AbortSignal;
  readonly address?: string | null;
  /** What it shares with others like it. */
  readonly share?: Share | undefined;
  readonly isRouter?: boolean;
  readonly isProvenRouter?: boolean;
}

/** Makes what a request reads by, such as the loaders of a module. */
export type Factory<T> = (context: RequestContext, evidence: EvidenceKind) => T;

/** What one request has, made anew for each, so that it shares nothing with the next. It knows no module. */
export class RequestContext {
  /** What reads and writes. */
  readonly session: Reader;
  /** Null: nobody has said who asks. */
  readonly viewer: Viewer | null;
  readonly now: Date;
  /** The present day in Asia/Ho_Chi_Minh. */
  readonly today: Day;
  /** Address of a caller without a key, where what it may ask for is bounded; null for all others. */
  readonly address: string | null;
  /** True where the router's secret came along, or none is configured. */
  readonly isRouter: boolean;
  /** True where the router's secret came along. */
  readonly isProvenRouter: boolean;
  /** Which hierarchy of units this process has seen. */
  readonly state: UnitState;
  // Apollo copies the own properties of a context: the copy shares these maps, and could not read fields with `#`.
  private readonly published = new Map<Factory<unknown>, unknown>();
  private readonly withDrafts = new Map<Factory<unknown>, unknown>();

  constructor(pools: Pools, now: Date, { viewer = null, signal, share, ...asker }: Asker = {}) {
    this.session = new Reader(pools, signal, share);
    this.viewer = viewer;
    this.now = now;
    this.today = dayOf(now);
    this.address = asker.address ?? null;
    this.isRouter = asker.isRouter ?? true;
    this.isProvenRouter = asker.isProvenRouter ?? false;
    this.state = unitStateOf(pools);
  }

  /** What the factory makes, once for each evidence: what is published, or also the drafts that the viewer may see. */
  use<T>(create: Factory<T>, evidence: EvidenceKind = "PUBLISHED"): T {
    const made = evidence === "PUBLISHED" ? this.published : this.withDrafts;
    const found = made.get(create);
    if (found !== undefined) return found as T;
    const value = create(this, evidence);
    made.set(create, value);
    return value;
  }

  /** After a change: what was read before is read anew. */
  renew(): void {
    this.published.clear();
    this.withDrafts.clear();
  }
}
