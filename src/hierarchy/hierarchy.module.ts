import { Contribution, Edition, HierarchyVersion, Succession, Unit, UnitName, UnitVersion } from "./unit.entity.ts";

export const hierarchyModule = {
  entities: [Unit, UnitVersion, Succession, Edition, Contribution, UnitName, HierarchyVersion],
};
