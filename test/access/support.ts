import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { type GraphQLFormattedError, parse, validate } from "graphql";
import { commandKeeper, createAccessKey } from "../../src/administration/access-key.service.ts";
import type { AccessKeyInput } from "../../src/administration/access-key.input.ts";
import { createAuthenticator } from "../../src/access/authenticate.ts";
import type { Role, Viewer } from "../../src/access/viewer.ts";
import { subgraph } from "../../src/graphql/schema/subgraph.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { compiledExecution } from "../../src/graphql/execution/executor.ts";
import { NOW } from "../support/client.ts";
import type { TestDatabase } from "../support/database.ts";

export const SECONDS = Math.floor(NOW.getTime() / 1000);

export const secondsLater = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

/** A pair of keys with what an issuer publishes of it. */
export const keyPair = async (alg: "RS256" | "ES256" | "EdDSA", kid: string) => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg };
  return { alg, kid, jwk, privateKey, publicKey };
};
export type KeyPair = Awaited<ReturnType<typeof keyPair>>;

export const claimsOf = (over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  ...{ iss: "https://id.danang.example", aud: "cchc", sub: "anna", iat: SECONDS - 60, exp: SECONDS + 600 },
  cchc: [{ unit: "48", role: "OFFICER" }],
  ...over,
});

/** A token with the claims that differ from a good one's; undefined leaves one out. */
export const tokenOf = (
  { alg, kid, privateKey }: Pick<KeyPair, "alg" | "kid" | "privateKey">,
  over: Readonly<Record<string, unknown>> = {},
): Promise<string> => new SignJWT(JSON.parse(JSON.stringify(claimsOf(over)))).setProtectedHeader({ alg, kid }).sign(privateKey);

/** Creates a key and returns its secret, which is shown once. */
export const issueKey = (
  database: TestDatabase,
  grants: AccessKeyInput["grants"],
  over: { readonly name?: string; readonly expiresOn?: string; readonly now?: Date } = {},
) => {
  const { now = NOW, ...rest } = over;
  return database.orm.em
    .fork()
    .transactional(async (em) => createAccessKey(em, await commandKeeper(em, "test"), { name: "Cổng dịch vụ công", grants, ...rest }, now));
};

/** The viewer with these grants, as a key of theirs gives it. */
export const viewerOf = async (database: TestDatabase, ...grants: (readonly [unit: string, role: Role])[]): Promise<Viewer> => {
  const { secret } = await issueKey(
    database,
    grants.map(([unit, role]) => ({ unit, role })),
  );
  const authenticator = await createAuthenticator({ issuers: null });
  return (await authenticator.authenticate(`Bearer ${secret}`, NOW, database.pools))!;
};

/** The grants of a viewer, with the ids of their units. */
export const grantedUnits = async (database: TestDatabase, viewer: Viewer | null) => {
  const rows = await database.orm.em.getConnection().execute<{ id: number; key: string }[]>("select id, key from unit");
  return viewer!.grants.map(({ unitNo, role, asOf, ended }) => ({ unit: rows.find(({ id }) => id === unitNo)!.key, role, asOf, ended }));
};

export type Ask = <T = Readonly<Record<string, unknown>>>(
  viewer: Viewer | null,
  source: string,
  variables?: Record<string, unknown>,
) => Promise<Asked<T>>;
export interface Asked<T> {
  readonly data: T | null;
  readonly code: unknown;
  readonly message: string | undefined;
}

/** Runs operations as the server does, for the given viewer. */
export const asker = async (database: TestDatabase): Promise<Ask> => {
  const { schema } = await subgraph();
  const { executor } = await compiledExecution(schema, { traces: false }).load({} as never);
  return async (viewer, source, variables = {}) => {
    const context = new RequestContext(database.pools, NOW, { viewer });
    const document = parse(source);
    const invalid = validate(schema, document);
    if (invalid.length > 0) throw new AggregateError(invalid);
    const result = await executor!({ document, queryHash: source, request: { query: source, variables }, context } as never);
    const { data, errors } = JSON.parse(JSON.stringify(result)) as { data?: never; errors?: GraphQLFormattedError[] };
    return { data: data ?? null, code: errors?.[0]?.extensions?.["code"], message: errors?.[0]?.message };
  };
};
