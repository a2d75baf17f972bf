import { userInfo } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthenticator } from "../../src/access/authenticate.ts";
import { dayOf } from "../../src/lib/time/date.ts";
import { type Ended, run as runCommand } from "../support/command.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

describe("npm run access", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.close());

  const run = (...args: string[]): Promise<Ended> => runCommand("access", database, args);
  const viewerOf = async (secret: string) =>
    (await createAuthenticator({ issuers: null })).authenticate(`Bearer ${secret.trim()}`, new Date(), database.pools);
  const entries = () =>
    database.orm.em
      .getConnection()
      .execute<{ operation: string; actor: string }[]>(
        "select operation, actor, subject from audit_entry where operation <> 'load seeds' order by at, id",
      );

  it("creates, lists, rotates and revokes keys, and prints each secret once", async () => {
    const create = ["key", "create", "--unit", "48", "--role", "OFFICER", "--grant", "04:viewer", "--name", "Sở Nội vụ"];
    const { code, out, err } = await run(...create);
    expect(code).toBe(0);
    expect(out).toMatch(/^cchc_[\w-]{43}\n$/);
    const id = /^([0-9a-f]{16}) {2}valid/.exec(err)![1]!;
    expect(err).toContain("04.2015:VIEWER 48.2025:OFFICER  Sở Nội vụ");
    expect(err).not.toContain(out.trim());
    expect(await viewerOf(out)).toMatchObject({ actor: `key:${id}`, name: "Sở Nội vụ", grants: [{}, {}] });

    const other = await run("key", "create", "--unit", "490.2015", "--role", "VIEWER", "--name", "Quận", "--expires", dayOf(new Date()));
    const list = await run("key", "list");
    expect(list.out.trim().split("\n")).toEqual([other.err.split("\n")[0], err.split("\n")[0]]);
    expect(list.out).not.toContain("cchc_");
    expect((await run("key", "list", "--unit", "04")).out).toContain(id);
    expect((await run("key", "list", "--unit", "490.2015")).out).not.toContain(id);

    const rotated = await run("key", "rotate", id);
    expect(rotated).toMatchObject({ code: 0, out: expect.stringMatching(/^cchc_[\w-]{43}\n$/) as string });
    await expect(viewerOf(out)).rejects.toThrow("This API key is not valid");
    expect(await viewerOf(rotated.out)).toMatchObject({ actor: `key:${id}` });
    const overlapping = await run("key", "rotate", id, "--overlap", "24h");
    expect(overlapping.err).toContain("The previous secret is accepted until ");
    for (const { out: secret } of [rotated, overlapping]) expect(await viewerOf(secret)).toMatchObject({ actor: `key:${id}` });
    expect(await run("key", "revoke", id)).toMatchObject({ code: 0, out: expect.stringContaining(`${id}  revoked`) as string });
    for (const { out: secret } of [rotated, overlapping]) await expect(viewerOf(secret)).rejects.toThrow("This API key is not valid");
    const actor = `command:${userInfo().username}`;
    expect(await entries()).toMatchObject([
      { operation: "createAccessKey", actor, subject: id },
      { operation: "createAccessKey", actor },
      { operation: "rotateAccessKey", actor, subject: id },
      { operation: "rotateAccessKey", actor, subject: id },
      { operation: "revokeAccessKey", actor, subject: id },
    ]);
  });

  it.each<[string, string[], RegExp]>([
    ["no name", ["key", "create", "--unit", "48", "--role", "ADMIN"], /required option '--name <name>' not specified/],
    ["no grant", ["key", "create", "--name", "x"], /give at least one --unit with its --role/],
    ["a unit without a role", ["key", "create", "--name", "x", "--unit", "48"], /--unit and --role are given in pairs/],
    [
      "an unknown role",
      ["key", "create", "--name", "x", "--unit", "48", "--role", "BOSS"],
      /BOSS.*Accepted are VIEWER, OFFICER, ASSESSOR, ADMIN/,
    ],
    ["a grant without a role", ["key", "create", "--name", "x", "--grant", "48"], /Accepted is UNIT:ROLE/],
    [
      "an unknown unit",
      ["key", "create", "--name", "x", "--grant", "nowhere:VIEWER"],
      /unit: "nowhere" is not accepted; (accepted is|must be) the code/,
    ],
    ["an invalid day", ["key", "create", "--name", "x", "--grant", "48:VIEWER", "--expires", "2027-02-30"], /expiresOn: "2027-02-30"/],
    ["an unknown key", ["key", "revoke", "0123456789abcdef"], /id: there is no such access key/],
    [
      "an overlap that is too long",
      ["key", "rotate", "0123456789abcdef", "--overlap", "8d"],
      /overlap: "8d" is not accepted; must be a number of hours or days, from 1h to 7d/,
    ],
    ["an unknown unit to list", ["key", "list", "--unit", "nowhere"], /unit: "nowhere" is not accepted/],
    ["an unknown command", ["key", "burn"], /unknown command 'burn'/],
  ])("reports %s in one line", async (_, args, message) => {
    const before = await entries();
    const { code, out, err } = await run(...args);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^cchc-graph: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect(await entries()).toEqual(before);
  });

  it("prints its help", async () => {
    expect(await run("--help")).toMatchObject({ code: 0, out: expect.stringContaining("DATABASE_URL") as string });
    const { code, out } = await run("key", "create", "--help");
    expect(code).toBe(0);
    for (const word of ["--unit", "--role", "--grant", "--name", "--expires", "Example:"]) expect(out).toContain(word);
  });
});
