import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Reader } from "../../src/database/reader.ts";
import { CurrentHierarchy } from "../../src/hierarchy/current-hierarchy.ts";
import { raiseHierarchyVersion } from "../../src/hierarchy/hierarchy.store.ts";
import { RequestHierarchy } from "../../src/hierarchy/request-hierarchy.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { statementsOf } from "../support/statements.ts";

describe("the hierarchy in memory", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.close());

  const endQuangNam = async () => {
    const em = database.orm.em.fork();
    await sql`update unit_version set valid_to = '2026-01-01' where code = '48' and valid_to is null`.execute(em.getKysely());
    await raiseHierarchyVersion(em);
  };

  it("is read as a whole where its version is new, and is shared by concurrent callers", async () => {
    const current = new CurrentHierarchy(new Reader(database.pools));
    expect(current.latest).toBeNull();
    const [read, same] = await Promise.all([current.read(), current.read()]);
    expect(same).toBe(read);
    expect(current.latest).toBe(read);
    expect(await statementsOf(() => current.read())).toEqual(["select version from hierarchy_version"]);
    await endQuangNam();
    const changed = await current.read();
    expect(changed).not.toBe(read);
    expect(changed.unitNoOf({ code: "48" }, 20_260_102, 20_261_122)).toBeNull();
    expect(read.unitNoOf({ code: "48" }, 20_260_102, 20_261_122)).not.toBeNull();
  });

  it("stays the same for one request until the request renews it", async () => {
    const current = new CurrentHierarchy(new Reader(database.pools));
    const request = new RequestHierarchy(current);
    const first = await request.load();
    expect(await request.isPresent(0)).toBe(true);
    await raiseHierarchyVersion(database.orm.em.fork());
    expect(await request.load()).toBe(first);
    expect(await request.isPresent(0)).toBe(false);
    request.renew();
    expect(await request.load()).not.toBe(first);
    expect(await request.isPresent(0)).toBe(true);
  });

  it("is asked of the database unless each statement of the request has seen its version", async () => {
    const request = new RequestHierarchy(new CurrentHierarchy(new Reader(database.pools)));
    const { version } = await request.load();
    const asks = (statements: number) => statementsOf(async () => expect(await request.isPresent(statements)).toBe(true));
    request.see(version);
    expect(await asks(2)).toHaveLength(1);
    request.see(version);
    expect(await asks(2)).toEqual([]);
    request.see("another");
    expect(await statementsOf(async () => expect(await request.isPresent(3)).toBe(false))).toEqual([]);
    request.renew();
    await request.load();
    expect(await asks(0)).toHaveLength(1);
  });

  it("is read anew by a caller that waited for a reading that failed", async () => {
    const reader = new Reader(database.pools);
    let left = 1;
    const current = new CurrentHierarchy({
      rows: async (query) => {
        const rows = await reader.rows(query);
        // The version is read first, then the units, of which the first reading is lost.
        if (rows[0] && "versions" in (rows[0] as object) && left-- > 0) throw new Error("the connection was lost");
        return rows;
      },
    });
    await raiseHierarchyVersion(database.orm.em.fork());
    const [first, second] = await Promise.allSettled([current.read(), current.read()]);
    expect([first.status, second.status]).toEqual(["rejected", "fulfilled"]);
    expect(left).toBe(-1);
  });

  it("is refused to a request whose check it fails, the newer one too", async () => {
    const current = new CurrentHierarchy(new Reader(database.pools));
    const first = await current.read();
    const request = new RequestHierarchy(current);
    request.check = (hierarchy) => {
      if (hierarchy !== first) throw new Error("it is larger");
    };
    expect(await request.takeLatest()).toBe(first);
    await raiseHierarchyVersion(database.orm.em.fork());
    request.renew();
    await expect(request.load()).rejects.toThrow("it is larger");
  });

  it("is read from the database at first, and taken from memory only by readers that ask for its version at their end", async () => {
    const current = new CurrentHierarchy(new Reader(database.pools));
    const before = await current.read();
    await raiseHierarchyVersion(database.orm.em.fork());
    expect(await new RequestHierarchy(current).takeLatest()).toBe(before);
    expect(await new RequestHierarchy(current).load()).not.toBe(before);
  });
});
