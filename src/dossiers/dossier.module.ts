import type { Module } from "../module/module.ts";
import { DossierMutations } from "./import/dossier-import.resolver.ts";
import { Form06Resolver, UnitFormsResolver } from "./statistics/dossier-form.resolver.ts";
import { DossierCountsResolver, DossierRollupResolver, UnitDossiersResolver } from "./statistics/dossier-rollup.resolver.ts";
import { Dossier, DossierCount, DossierPause, DossierTreeCount, DossierUnitCount } from "./dossier.entity.ts";
import { findReferencedDossier } from "./dossier.reference.ts";
import { DossierConnectionResolver, DossierQueries, DossierResolver } from "./dossier.resolver.ts";
import { dossierCosts } from "./dossier.cost.ts";

export const dossierModule: Module = {
  entities: [Dossier, DossierPause, DossierCount, DossierUnitCount, DossierTreeCount],
  resolvers: [
    DossierMutations,
    UnitDossiersResolver,
    DossierCountsResolver,
    DossierRollupResolver,
    UnitFormsResolver,
    Form06Resolver,
    DossierQueries,
    DossierResolver,
    DossierConnectionResolver,
  ],
  references: { Dossier: findReferencedDossier },
  costs: dossierCosts,
};
