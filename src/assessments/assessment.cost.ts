import type { Costs } from "../module/cost/field-cost.ts";
import { listed, ownUnit } from "../module/cost/rules.ts";

/** A single result depends on one or two reports. */
const SOURCES = 2;

export const assessmentCosts: Costs = {
  fields: {
    // A unit is assessed by fewer than ten indexes a year.
    "Unit.assessments": (subject) => listed(subject, 20),
    "Assessment.previous": (subject) => listed(subject, 1),
    "Assessment.unit": ownUnit,
    "Assessment.sources": { size: SOURCES },
    "SurveyResult.sources": { size: SOURCES },
    "Commendation.sources": { size: SOURCES },
    "Ranking.sources": { size: SOURCES },
    // Departments, districts, communes: few blocks have published rankings.
    "Unit.rankings": { size: 5 },
    "Unit.surveys": { size: 10 },
    "Unit.commendations": { size: 10 },
    // The communes of one district, or the departments of one province.
    "Ranking.entries": { size: 30 },
    "Ranking.supersedes": (subject) => listed(subject, 1),
    "Ranking.byClassification": { size: 7 },
    "Rubric.bands": { size: 7 },
  },
  parts: ["Classification", "Rubric", "PeerBlock"],
};
