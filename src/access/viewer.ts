import type { Day } from "../lib/time/date.ts";

/**
 * What a viewer may do on a unit and on all that contributes certainly to it. VIEWER reads drafts and records, OFFICER also writes them,
 * ADMIN does all of that and keeps keys, publication, completeness, agencies and editions. ASSESSOR reads like a VIEWER: nothing needs it yet.
 */
export const ROLES = ["VIEWER", "OFFICER", "ASSESSOR", "ADMIN"] as const;
export type Role = (typeof ROLES)[number];

/** The roles that include each role. */
export const ROLES_WITH: Readonly<Record<Role, readonly Role[]>> = {
  VIEWER: ["VIEWER", "OFFICER", "ASSESSOR", "ADMIN"],
  OFFICER: ["OFFICER", "ADMIN"],
  ASSESSOR: ["ASSESSOR", "ADMIN"],
  ADMIN: ["ADMIN"],
};

/** A role on a unit, with the edition whose contributions say what it covers: that of today, or of the unit's last day. */
export interface Grant {
  readonly role: Role;
  /** Internal number of the unit. */
  readonly unitNo: number;
  /** The day whose hierarchy says what the grant covers: today, or the last day of a unit that is no more. */
  readonly asOf: Day;
  readonly editionId: number;
  /** True where the unit is no more: such a grant only reads. */
  readonly ended: boolean;
}

/** Who asks: the holder of a key or of a token. Without either there is no viewer. */
export interface Viewer {
  /** Stable over rotations and renewals: `key:<id>` or `token:<issuer>#<subject>`. */
  readonly actor: string;
  /** For people: the name of the key, or the subject. */
  readonly name: string;
  readonly grants: readonly Grant[];
  /** What proves it; missing where no key or token does. */
  readonly credential?: Credential;
}

export interface Credential {
  /** Actor at the head of the line of keys that made one another; of a token its own. */
  readonly line: string;
  /** When it ends unless it is revoked. */
  readonly until: Date;
}

export type Use = "READ" | "WRITE";
const useOf = (role: Role): Use => (role === "VIEWER" ? "READ" : "WRITE");

/** The grants that let the viewer do what the role may, on units that still exist unless it only reads. */
export const grantsFor = (viewer: Viewer | null, role: Role, use: Use = useOf(role)): readonly Grant[] =>
  (viewer?.grants ?? []).filter((grant) => ROLES_WITH[role].includes(grant.role) && (use === "READ" || !grant.ended));

export const holds = (viewer: Viewer | null, role: Role, use: Use = useOf(role)): boolean => grantsFor(viewer, role, use).length > 0;
