import type { Day } from "../lib/time/date.ts";

/**
 * Rights on a unit and on all units that certainly contribute to it. VIEWER reads drafts and records; OFFICER also writes them; ADMIN also manages keys, publication,
 * completeness, agencies and editions; ASSESSOR reads like a VIEWER.
 */
export const ROLES = ["VIEWER", "OFFICER", "ASSESSOR", "ADMIN"] as const;
export type Role = (typeof ROLES)[number];

export const ROLES_WITH: Readonly<Record<Role, readonly Role[]>> = {
  VIEWER: ["VIEWER", "OFFICER", "ASSESSOR", "ADMIN"],
  OFFICER: ["OFFICER", "ADMIN"],
  ASSESSOR: ["ASSESSOR", "ADMIN"],
  ADMIN: ["ADMIN"],
};

/** A role on a unit, with the edition whose contributions define its coverage: that of today, or of the unit's last day. */
export interface Grant {
  readonly role: Role;
  readonly unitNo: number;
  /** The day whose hierarchy defines the coverage: today, or the last day of an abolished unit. */
  readonly asOf: Day;
  readonly editionId: number;
  /** True for an abolished unit; such a grant is read-only. */
  readonly ended: boolean;
}

/** The holder of a key or token; anonymous requests have no viewer. */
export interface Viewer {
  /** Stable over rotations and renewals: `key:<id>` or `token:<issuer>#<subject>`. */
  readonly actor: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  /** Missing if the viewer has neither key nor token. */
  readonly credential?: Credential;
}

export interface Credential {
  /** Actor at the head of the line of keys that created each other; a token is its own head. */
  readonly line: string;
  /** When it expires unless revoked. */
  readonly until: Date;
}

export type Use = "READ" | "WRITE";
const useOf = (role: Role): Use => (role === "VIEWER" ? "READ" : "WRITE");

/** The grants that include the role; on abolished units only for reading. */
export const grantsFor = (viewer: Viewer | null, role: Role, use: Use = useOf(role)): readonly Grant[] =>
  (viewer?.grants ?? []).filter((grant) => ROLES_WITH[role].includes(grant.role) && (use === "READ" || !grant.ended));

export const holds = (viewer: Viewer | null, role: Role, use: Use = useOf(role)): boolean => grantsFor(viewer, role, use).length > 0;
