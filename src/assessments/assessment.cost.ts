import type { Costs } from "../module/cost/field-cost.ts";
import { alike, listed, ownUnit } from "../module/cost/rules.ts";

export const assessmentCosts: Costs = {
  fields: {
    // A unit is assessed by fewer than ten indexes a year.
    "Unit.assessments": (subject) => listed(subject, 20),
    "Assessment.previous": (subject) => listed(subject, 1),
    "Assessment.unit": ownUnit,
    // A single result depends on one or two reports.
    ...alike({ size: 2 }, "Assessment.sources", "SurveyResult.sources", "Commendation.sources", "Ranking.sources"),
    // Departments, districts, communes: few blocks have published rankings.
    "Unit.rankings": { size: 5 },
    ...alike({ size: 10 }, "Unit.surveys", "Unit.commendations"),
    // The communes of one district, or the departments of one province.
    "Ranking.entries": { size: 30 },
    "Ranking.supersedes": (subject) => listed(subject, 1),
    ...alike({ size: 7 }, "Ranking.byClassification", "Rubric.bands"),
  },
  parts: ["Classification", "Rubric", "PeerBlock"],
};
