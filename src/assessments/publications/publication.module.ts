import type { Module } from "../../module/module.ts";
import { PublishedScore, PublishedSheet, RankingPublication } from "./publication.entity.ts";
import { CycleRankingResolver, PublicationMutations } from "./publication.resolver.ts";

export const publicationModule: Module = {
  entities: [RankingPublication, PublishedScore, PublishedSheet],
  resolvers: [PublicationMutations, CycleRankingResolver],
};
