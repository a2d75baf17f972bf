import { AccessGrant, AccessKey, AuditEntry } from "./access.entity.ts";

export const accessModule = {
  entities: [AccessKey, AccessGrant, AuditEntry],
};
