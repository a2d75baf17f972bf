import { Contribution, Edition, HierarchyVersion, Succession, Unit, UnitVersion } from "./unit.entity.ts";

export const hierarchyModule = {
  entities: [Unit, UnitVersion, Succession, Edition, Contribution, HierarchyVersion],
};
