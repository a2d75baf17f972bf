import type { Module } from "../../module/module.ts";
import { rubricCosts } from "./rubric.cost.ts";
import { Rubric, RubricCriterion } from "./rubric.entity.ts";
import { CriterionResolver, RubricConnectionResolver, RubricMutations, RubricQueries, RubricResolver } from "./rubric.resolver.ts";

export const rubricModule: Module = {
  entities: [Rubric, RubricCriterion],
  resolvers: [RubricQueries, RubricMutations, RubricResolver, RubricConnectionResolver, CriterionResolver],
  costs: rubricCosts,
};
