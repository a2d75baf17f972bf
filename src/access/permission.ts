import type { AuthCheckerFn } from "type-graphql";
import { DomainError } from "../lib/errors.ts";
import type { RequestContext } from "./request-context.ts";
import { holds, type Role } from "./viewer.ts";

/** The role that a root field requires on any unit, or null if it is public. Rows are filtered by scope. */
export const PERMISSIONS = {
  "units:read": null,
  "indicators:read": null,
  "procedures:read": null,
  "calendar:read": null,
  "reports:read": null,
  "dossiers:read": "VIEWER",
  "tasks:read": "VIEWER",
  "rubrics:read": null,
  "rubrics:write": "ADMIN",
  "assessments:read": "VIEWER",
  "assessments:organise": "ADMIN",
  "assessments:score": "OFFICER",
  "assessments:appraise": "ASSESSOR",
  "reports:submit": "OFFICER",
  "reports:publish": "ADMIN",
  "dossiers:write": "OFFICER",
  "tasks:write": "OFFICER",
  "agencies:write": "ADMIN",
  "calendar:write": "ADMIN",
  "records:declare": "ADMIN",
  "sources:write": "ADMIN",
  "audit:read": "ADMIN",
  "keys:read": "ADMIN",
  "keys:write": "ADMIN",
} as const satisfies Record<string, Role | null>;
export type Permission = keyof typeof PERMISSIONS;

/** @throws DomainError UNAUTHENTICATED without a viewer, FORBIDDEN without the role on any unit. */
export const checkPermission: AuthCheckerFn<RequestContext, Permission> = ({ context: { viewer } }, permissions) => {
  for (const permission of permissions) {
    const role = PERMISSIONS[permission];
    if (role === null) continue;
    if (!viewer) throw new DomainError("UNAUTHENTICATED", `This needs a key or token with the role ${role}, sent as Authorization: Bearer`);
    if (!holds(viewer, role, permission.endsWith(":read") ? "READ" : "WRITE"))
      throw new DomainError("FORBIDDEN", `This needs the role ${role}`);
  }
  return true;
};
