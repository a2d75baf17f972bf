import type { SourceView } from "../figures/figure.loaders.ts";
import { compareCodes } from "../hierarchy/hierarchy-content.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import type { Publication } from "./publications/publication.loaders.ts";
import type { RubricView } from "./rubrics/rubric.loaders.ts";
import type { Classification } from "./vocabulary.ts";

export interface Assessment {
  readonly unit: UnitView;
  readonly rubric: RubricView;
  readonly block: RubricView["block"];
  readonly year: number;
  readonly score: number | null;
  readonly rank: number | null;
  readonly rankOf: number | null;
  readonly classification: Classification | null;
  /** Why the class is not that of the band. */
  readonly classificationReason: string | null;
  readonly sources: SourceView[];
}

export const bestFirst = (a: Assessment, b: Assessment): number =>
  (a.rank ?? Infinity) - (b.rank ?? Infinity) || (b.score ?? -Infinity) - (a.score ?? -Infinity) || compareCodes(a.unit.code, b.unit.code);

export interface Ranking {
  readonly rubric: RubricView;
  readonly block: RubricView["block"];
  readonly year: number;
  /** Number of members with a rank; null if the source does not state it. */
  readonly ranked: number | null;
  readonly byClassification: readonly { readonly classification: Classification; readonly count: number }[];
  readonly entries: readonly Assessment[];
  readonly sources: readonly SourceView[];
  readonly version: number;
  /** Why it corrects the version before. */
  readonly reason: string | null;
  /** Null for a ranking that reports state; `at` says as of when its members are answered. */
  readonly published: { readonly publication: Publication; readonly at: Pick<UnitView, "asOf" | "evidence"> } | null;
}
