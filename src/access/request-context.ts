import type { Viewer } from "./viewer.ts";
import type { Pools } from "../database/database.ts";
import { Reader, type Share } from "../database/reader.ts";
import type { EvidenceKind } from "../hierarchy/unit-view.ts";
import { currentHierarchyOf } from "../hierarchy/current-hierarchy.ts";
import { RequestHierarchy } from "../hierarchy/request-hierarchy.ts";
import { type Day, dayOf } from "../lib/time/date.ts";

export interface Asker {
  readonly viewer?: Viewer | null;
  /** Aborted when the client disconnects, which cancels its statements. */
  readonly signal?: AbortSignal;
  readonly address?: string | null;
  readonly share?: Share | undefined;
  readonly isRouter?: boolean;
  readonly isProvenRouter?: boolean;
}

export type Factory<T> = (context: RequestContext, evidence: EvidenceKind) => T;

/** The context of one request. Each request has its own, and the context knows no module. */
export class RequestContext {
  readonly session: Reader;
  readonly viewer: Viewer | null;
  readonly now: Date;
  /** Today in Asia/Ho_Chi_Minh. */
  readonly today: Day;
  /** IP address of an anonymous caller whose cost is limited; null otherwise. */
  readonly address: string | null;
  /** True if the request has the router's secret, or none is configured. */
  readonly isRouter: boolean;
  readonly isProvenRouter: boolean;
  readonly hierarchy: RequestHierarchy;
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
    this.hierarchy = new RequestHierarchy(currentHierarchyOf(pools));
    this.session.guard = this.hierarchy.guard;
  }

  /** Returns what the factory creates, one instance for each kind of evidence. */
  use<T>(create: Factory<T>, evidence: EvidenceKind = "PUBLISHED"): T {
    const made = evidence === "PUBLISHED" ? this.published : this.withDrafts;
    const found = made.get(create);
    if (found !== undefined) return found as T;
    const value = create(this, evidence);
    made.set(create, value);
    return value;
  }

  /** Discards all instances after a change, so that later reads see it. */
  renew(): void {
    this.published.clear();
    this.withDrafts.clear();
    this.hierarchy.renew();
  }
}
