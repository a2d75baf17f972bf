import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { Reader } from "../../src/database/reader.ts";
import { currentHierarchy } from "../../src/hierarchy/hierarchy-size.ts";
import { NOW } from "../support/client.ts";
import { createDatabase } from "../support/database.ts";
import { statementsOf } from "../support/statements.ts";

describe("the hierarchy in memory", () => {
  it("is read again after half a minute, and sent by the database only where it has changed", async () => {
    const other = await createDatabase();
    let now = NOW.getTime();
    const current = currentHierarchy(
      () => new Reader(other.pools),
      () => new Date(now),
    );
    try {
      expect(current.known()).toBeNull();
      const [read, same] = await Promise.all([current.read(), current.read()]);
      expect(same).toBe(read);
      expect(current.known()).toBe(read);
      now += 29_000;
      expect(current.known()).toBe(read);
      now += 2000;
      expect(current.known()).toBeNull();
      expect(await statementsOf(() => current.read())).toHaveLength(1);
      expect(current.known()).toBe(read);
      await sql`update unit_version set valid_to = '2026-01-01' where code = '48' and valid_to is null`.execute(
        other.orm.em.fork().getKysely(),
      );
      now += 31_000;
      const changed = await current.read();
      expect(changed).not.toBe(read);
      expect(changed.find({ code: "48" }, 20_260_102, 20_261_122)).toBeNull();
      expect(read.find({ code: "48" }, 20_260_102, 20_261_122)).not.toBeNull();
    } finally {
      await other.close();
    }
    // Without the database the cached hierarchy stays in use.
    now += 31_000;
    expect(current.known()).toBeNull();
    expect((await current.read()).find({ code: "48" }, 20_260_102, 20_261_122)).toBeNull();
    await expect(
      currentHierarchy(
        () => new Reader(other.pools),
        () => new Date(now),
      ).read(),
    ).rejects.toThrow();
  });
});
