import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthenticator, type Authenticator } from "../../src/access/authenticate.ts";
import { newSecret, secretHash } from "../../src/access/secret.ts";
import { commandKeeper, revokeAccessKey, rotateAccessKey } from "../../src/administration/access-key.service.ts";
import { raiseHierarchyVersion } from "../../src/hierarchy/hierarchy.store.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { statementsOf } from "../support/statements.ts";
import { grantedUnits, issueKey } from "./support.ts";

describe("the authenticator, for an API key", () => {
  let database: TestDatabase;
  let authenticator: Authenticator;
  beforeAll(async () => {
    database = await createDatabase();
    authenticator = await createAuthenticator({ issuers: null });
  });
  afterAll(() => database.close());

  const ask = (authorization: string, now = NOW) => authenticator.authenticate(authorization, now, database.pools);
  const NO_KEY = "This API key is not valid: unknown, revoked or expired";
  const refusesKey = (secret: string, now = NOW) =>
    expect(ask(`Bearer ${secret}`, now)).rejects.toMatchObject({ message: NO_KEY, extensions: { code: "UNAUTHENTICATED" } });

  it("returns the key and its grants in one statement", async () => {
    const { accessKey: key, secret } = await issueKey(database, [
      { unit: "48", role: "OFFICER" },
      { unit: "06.2015", role: "ADMIN" },
    ]);
    expect(secret).toMatch(/^cchc_[\w-]{43}$/);
    expect(await ask(`Bearer ${secret}`)).toMatchObject({ actor: `key:${key.id}`, name: "Cổng dịch vụ công" });
    expect((await grantedUnits(database, await ask(`Bearer ${secret}`))).toSorted((a, b) => (a.unit < b.unit ? -1 : 1))).toEqual([
      { unit: "06.2015", role: "ADMIN", asOf: "2025-06-30", ended: true },
      { unit: expect.stringMatching(/^48\./) as string, role: "OFFICER", asOf: "2026-11-22", ended: false },
    ]);
    expect(await statementsOf(() => ask(`Bearer ${secret}`))).toHaveLength(1);
  });

  it("computes the coverage of grants on their first use", async () => {
    const { secret } = await issueKey(database, [{ unit: "044.2015", role: "VIEWER" }]);
    await database.orm.em.getConnection().execute("update edition set contributed = false where starts_on <= '2020-01-31'");
    await database.orm.em
      .getConnection()
      .execute("delete from contribution c using edition e where e.id = c.edition_id and not e.contributed");
    const viewer = await ask(`Bearer ${secret}`);
    const rows = await database.orm.em
      .getConnection()
      .execute<{ n: number }[]>("select count(*)::int as n from contribution where edition_id = ? and target_id = ?", [
        viewer!.grants[0]!.editionId,
        viewer!.grants[0]!.unitNo,
      ]);
    expect(rows[0]!.n).toBeGreaterThan(10);
  });

  it("sees the units of grants as the database has them, and reads these once", async () => {
    const { secret } = await issueKey(database, [{ unit: "49.2015", role: "OFFICER" }]);
    const { secret: other } = await issueKey(database, [{ unit: "22", role: "OFFICER" }]);
    const [unit] = await grantedUnits(database, await ask(`Bearer ${other}`));
    expect(unit).toMatchObject({ asOf: "2026-11-22", ended: false });
    const em = database.orm.em.fork();
    await em.getConnection().execute("update unit_version set valid_to = '2026-11-01' where code = '22' and valid_to is null");
    await raiseHierarchyVersion(em);
    expect(await grantedUnits(database, await ask(`Bearer ${other}`))).toEqual([{ ...unit, asOf: "2026-10-31", ended: true }]);
    for (const one of [secret, other]) expect(await statementsOf(() => ask(`Bearer ${one}`))).toHaveLength(1);
  });

  it("refuses unknown, revoked and expired keys with one message", async () => {
    await refusesKey(newSecret());
    const { accessKey: key, secret } = await issueKey(database, [{ unit: "48", role: "OFFICER" }]);
    await refusesKey(`cchc_${secretHash(secret).slice(0, 43)}`);
    await ask(`Bearer ${secret}`);
    await database.orm.em.fork().transactional(async (em) => revokeAccessKey(em, await commandKeeper(em, "test"), key.id, NOW));
    await refusesKey(secret);
  });

  it("accepts a key until the end of its last day", async () => {
    const { secret } = await issueKey(database, [{ unit: "48", role: "OFFICER" }], { expiresOn: "2027-12-31" });
    expect(await ask(`Bearer ${secret}`, new Date("2027-12-31T23:59:59.999+07:00"))).not.toBeNull();
    await refusesKey(secret, new Date("2028-01-01T00:00:00+07:00"));
  });

  it("refuses the old secret immediately after a rotation", async () => {
    const { accessKey: key, secret } = await issueKey(database, [{ unit: "48", role: "OFFICER" }]);
    const rotated = await database.orm.em
      .fork()
      .transactional(async (em) => rotateAccessKey(em, await commandKeeper(em, "test"), { id: key.id }, NOW));
    expect(rotated.accessKey.id).toBe(key.id);
    await refusesKey(secret);
    expect(await ask(`Bearer ${rotated.secret}`)).toMatchObject({ actor: `key:${key.id}` });
  });
});
