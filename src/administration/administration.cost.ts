import type { Costs } from "../module/cost/field-cost.ts";

export const administrationCosts: Costs = {
  fields: { "AuditEntryConnection.totalCount": { counted: 5000 } },
  parts: ["CreateAccessKeyPayload", "RotateAccessKeyPayload", "RevokeAccessKeyPayload", "RegisterAgencyPayload", "CloseAgencyPayload"],
};
