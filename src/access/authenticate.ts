import { sql } from "kysely";
import type { Reader } from "../database/reader.ts";
import { template } from "../database/template.ts";
import { type Day, dayOf } from "../lib/time/date.ts";
import { secretHash, isSecret } from "./secret.ts";
import { headOfLine, lineHolds, lineOf } from "./key-line.ts";
import { asGrant, ensureCoverage, grantColumns, type GrantRow, seenOn, unitNoNamed } from "./grant.ts";
import { readIssuers } from "./issuer.ts";
import { refused } from "./refusal.ts";
import { readToken, type Token } from "./token.ts";
import type { Viewer } from "./viewer.ts";
import { inForceOn } from "../hierarchy/sql.ts";
import { keyed } from "../database/relation.ts";

export interface Authenticator {
  /** Returns the viewer of the Authorization header; null without one. @throws DomainError UNAUTHENTICATED with the reason; an invalid token costs no statement. */
  authenticate(authorization: string | undefined, now: Date, reader: Reader): Promise<Viewer | null>;
}

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/** `issuers` is the path of the file of trusted issuers. @throws Error naming the file, the entry and the requirement. */
export const createAuthenticator = async ({ issuers: file }: { readonly issuers: string | null }): Promise<Authenticator> => {
  const issuers = file === null ? new Map<string, never>() : await readIssuers(file);
  return {
    authenticate: async (authorization, now, reader) => {
      if (authorization === undefined) return null;
      const credential = BEARER.exec(authorization)?.[1];
      if (credential === undefined) throw refused("header");
      if (credential.includes(".")) return viewerOfToken(await readToken(credential, issuers, now), dayOf(now), reader);
      if (isSecret(credential)) return viewerOfKey(secretHash(credential), now, reader);
      throw refused("header");
    },
  };
};

type KeyRow = GrantRow & { readonly key: string; readonly name: string; readonly head: string; readonly until: number };

const grantsOfKey = template<KeyRow, "hash" | "now" | "today">(["hash", "now", "today"], ({ hash, now, today }) => {
  const isMeant = sql<boolean>`own.id = access_key_of(${hash}, ${now}::timestamptz)`;
  return sql`
    with ${lineOf(isMeant)}
    select k.key, k.name, ${headOfLine} as head, (select extract(epoch from min(expires_at))::float8 from line) as until, g.role, ${grantColumns(today)} from line k
    join access_grant g on g.access_key_id = k.id join unit u on u.id = g.unit_id join edition e on ${inForceOn(seenOn(today))}
    where k.step = 0 and ${lineHolds(now)} order by u.id, g.role`;
});

const viewerOfKey = async (hash: string, now: Date, reader: Reader): Promise<Viewer> => {
  const rows = await reader.rows(grantsOfKey({ hash, now: now.toISOString(), today: dayOf(now) }));
  if (!rows[0]) throw refused("key");
  await ensureCoverage(reader, rows);
  const { key, name, head, until } = rows[0];
  return { actor: `key:${key}`, name, grants: rows.map(asGrant), credential: { line: head, until: new Date(until * 1000) } };
};

/** One claim: its grant if the unit exists, and the issuer's own unit with whether that covers it. */
type ClaimRow = (GrantRow | { readonly unitNo: null }) & {
  readonly name: string;
  readonly ownEdition: number | null;
  readonly ownContributed: boolean | null;
  readonly isWithin: boolean;
};

const viewerOfToken = async (token: Token, today: Day, reader: Reader): Promise<Viewer> => {
  const { issuer, subject, issuedOn, until } = token;
  const find = () => reader.rows(claims(token, today));
  let rows = await find();
  const isKnown = (row: ClaimRow): row is ClaimRow & GrantRow => row.unitNo !== null;
  const own = rows.flatMap(({ ownEdition, ownContributed }) =>
    ownEdition === null ? [] : [{ editionId: ownEdition, contributed: ownContributed! }],
  );
  if (await ensureCoverage(reader, [...own, ...rows.filter(isKnown)])) rows = await find();
  if (own.length === 0) throw refused({ words: `The token's issuer has no unit that existed on ${issuedOn}, when the token was issued` });
  const unknown = rows.find(({ unitNo }) => unitNo === null);
  if (unknown) throw refused({ words: `The token names the unit ${JSON.stringify(unknown.name)}, which did not exist on ${issuedOn}` });
  const beyond = rows.find(({ isWithin }) => !isWithin);
  if (beyond) throw refused({ words: `The token's issuer names a unit outside its own: ${JSON.stringify(beyond.name)}` });
  const actor = `token:${issuer.issuer}#${subject}`;
  return { actor, name: subject, grants: rows.filter(isKnown).map(asGrant), credential: { line: actor, until } };
};

const claims = ({ issuer, issuedOn, claims: claimed }: Token, today: Day) => sql<ClaimRow>`
  with own as (
    select u.id as unit_id, e.id as edition_id, e.contributed from unit u join edition e on ${inForceOn(seenOn(today))}
    where u.id = ${unitNoNamed(sql`${issuer.unit}`, issuedOn)}
  )
  select c.name, c.role, ${grantColumns(today)}, o.edition_id as "ownEdition", o.contributed as "ownContributed",
    coalesce(u.id = o.unit_id, false) or exists (
      select from contribution x where x.edition_id = o.edition_id and x.target_id = o.unit_id and x.unit_id = u.id and x.certain
    ) as "isWithin"
  from ${keyed("c", claimed, { name: ["text", ({ unit }) => unit], role: ["text", ({ role }) => role] })}
  left join own o on true left join unit u on u.id = ${unitNoNamed(sql`c.name`, issuedOn)} left join edition e on u.id is not null and ${inForceOn(seenOn(today))}
  order by c.i`;
