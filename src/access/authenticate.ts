import { sql } from "kysely";
import type { Pools } from "../database/database.ts";
import { Reader } from "../database/reader.ts";
import { template } from "../database/template.ts";
import { type Day, dayOf } from "../lib/time/date.ts";
import { secretHash, isSecret } from "./secret.ts";
import { headOfLine, lineHolds, lineOf } from "./key-line.ts";
import { coveredAmong, grantOn, tracedGrants, unitNoNamed } from "./grant.ts";
import { readIssuers } from "./issuer.ts";
import { refused } from "./refusal.ts";
import { readToken, type Token } from "./token.ts";
import type { Grant, Viewer } from "./viewer.ts";
import { currentHierarchyOf } from "../hierarchy/current-hierarchy.ts";

export interface Authenticator {
  /** Returns the viewer of the Authorization header; null without one. @throws DomainError UNAUTHENTICATED with the reason; an invalid token costs no statement. */
  authenticate(authorization: string | undefined, now: Date, pools: Pools): Promise<Viewer | null>;
}

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/** `issuers` is the path of the file of trusted issuers. @throws Error naming the file, the entry and the requirement. */
export const createAuthenticator = async ({ issuers: file }: { readonly issuers: string | null }): Promise<Authenticator> => {
  const issuers = file === null ? new Map<string, never>() : await readIssuers(file);
  return {
    authenticate: async (authorization, now, pools) => {
      if (authorization === undefined) return null;
      const credential = BEARER.exec(authorization)?.[1];
      if (credential === undefined) throw refused("header");
      if (credential.includes(".")) return viewerOfToken(await readToken(credential, issuers, now), dayOf(now), pools);
      if (isSecret(credential)) return viewerOfKey(secretHash(credential), now, pools);
      throw refused("header");
    },
  };
};

interface KeyRow extends Pick<Grant, "unitNo" | "role"> {
  readonly version: string;
  readonly key: string;
  readonly name: string;
  readonly head: string;
  readonly until: number;
}

const grantsOfKey = template<KeyRow, "hash" | "now">(["hash", "now"], ({ hash, now }) => {
  const isMeant = sql<boolean>`own.id = access_key_of(${hash}, ${now}::timestamptz)`;
  return sql`
    with ${lineOf(isMeant)}
    select (select version from hierarchy_version) as version, k.key, k.name, ${headOfLine} as head,
      (select extract(epoch from min(expires_at))::float8 from line) as until, g.unit_id as "unitNo", g.role
    from line k join access_grant g on g.access_key_id = k.id where k.step = 0 and ${lineHolds(now)} order by g.unit_id, g.role`;
});

const viewerOfKey = async (hash: string, now: Date, pools: Pools): Promise<Viewer> => {
  const rows = await new Reader(pools).rows(grantsOfKey({ hash, now: now.toISOString() }));
  if (!rows[0]) throw refused("key");
  const { version, key, name, head, until } = rows[0];
  const hierarchy = await currentHierarchyOf(pools).since(version);
  const grants = rows.map((row) => grantOn(hierarchy, row, dayOf(now)));
  return {
    actor: `key:${key}`,
    name,
    grants: await tracedGrants(pools, grants),
    credential: { line: head, until: new Date(until * 1000) },
  };
};

const viewerOfToken = async ({ issuer, subject, issuedOn, until, claims }: Token, today: Day, pools: Pools): Promise<Viewer> => {
  const hierarchy = await currentHierarchyOf(pools).read();
  const own = unitNoNamed(hierarchy, issuer.unit, issuedOn);
  if (own === null) throw refused({ words: `The token's issuer has no unit that existed on ${issuedOn}, when the token was issued` });
  const grants = claims.map(({ unit, role }) => {
    const unitNo = unitNoNamed(hierarchy, unit, issuedOn);
    if (unitNo === null) throw refused({ words: `The token names the unit ${JSON.stringify(unit)}, which did not exist on ${issuedOn}` });
    return grantOn(hierarchy, { unitNo, role }, today);
  });
  const units = grants.map(({ unitNo }) => unitNo);
  const within = coveredAmong(hierarchy, [grantOn(hierarchy, { unitNo: own, role: "ADMIN" }, today)], units).add(own);
  const beyond = units.findIndex((no) => !within.has(no));
  if (beyond >= 0) throw refused({ words: `The token's issuer names a unit outside its own: ${JSON.stringify(claims[beyond]!.unit)}` });
  const actor = `token:${issuer.issuer}#${subject}`;
  return { actor, name: subject, grants: await tracedGrants(pools, grants), credential: { line: actor, until } };
};
