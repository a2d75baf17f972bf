import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FileError } from "../../src/lib/files/file-error.ts";
import { applyUnits, planUnits } from "../../src/administration/unit-apply.service.ts";
import { readNextUnits } from "../../src/hierarchy/unit-next.ts";
import { run } from "../support/command.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { digestOf, type Files, folderOf, nextEdition } from "./next-edition.ts";

const [DAY, LATER] = ["2027-01-01", "2027-07-01"];
const COLUMNS = "unit_id,valid_from,valid_to,code,parent_id,tier,kind,name,full_name,name_en,resolution".split(",");
const GOOD = `01279.2027,${DAY},,01279,04.2015,COMMUNE,WARD,Trí Giang,Phường Trí Giang,Tri Giang,1/NQ-UBTVQH16`.split(",");

let database: TestDatabase;
let before: Record<string, string>;
beforeAll(async () => {
  database = await createDatabase();
  before = await digestOf(database);
});
afterAll(() => database.close());

/** The next edition whose new unit has other texts, as its folder. */
const written = (given: Record<string, string>, files: Files = {}) => {
  const line = COLUMNS.map((column, n) => given[column] ?? GOOD[n]!)
    .map((cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join();
  const edition = nextEdition(DAY, LATER);
  const versions = edition["unit-versions.csv"].map((known) => (known === GOOD.join() ? line : known));
  return folderOf({ ...edition, "unit-versions.csv": versions, ...files });
};
const refusalOf = async (given: Record<string, string>, files: Files = {}): Promise<string> => {
  const { path, remove } = await written(given, files);
  try {
    const error = await readNextUnits(path)
      .then((next) => applyUnits(database.orm.em.fork(), next, "test", NOW))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FileError);
    return (error as FileError).message;
  } finally {
    await remove();
  }
};
const named = (name: string) => ({ name, full_name: `Phường ${name}` });
const CODE = /must be, for the tier COMMUNE, 5 digits, such as 01558/;
const ID = /must be, for the tier COMMUNE, 5 digits, a full stop and the first year/;
const NAME = /must have at most 100 characters: Vietnamese letters in NFC/;

describe("an edition with invalid texts is refused by file, row, column, value and requirement", () => {
  it.each<[string, Record<string, string>, string, RegExp]>([
    ["a code that lost its leading zero", { code: "1279" }, "code", CODE],
    ["a code of another tier", { code: "279" }, "code", CODE],
    ["a code with a blank", { code: "01279 " }, "code", CODE],
    ["a code with a letter", { code: "O1279" }, "code", CODE],
    ["a code in digits of another script", { code: "０１２７９" }, "code", CODE],
    ["a code with an apostrophe of a spreadsheet", { code: "'01279" }, "code", CODE],
    ["a code as a spreadsheet's number", { code: "1279.0" }, "code", CODE],
    ["no code", { code: "" }, "code", /must not be empty/],
    ["an id whose code lost its leading zero", { unit_id: "1279.2027" }, "unit_id", ID],
    ["an id without a year", { unit_id: "01279" }, "unit_id", ID],
    ["an id with U+200B", { unit_id: "01279.2027\u200B" }, "unit_id", ID],
    ["a name with a blank behind", named("Trí Giang "), "name", NAME],
    ["a name with a blank before", named(" Trí Giang"), "name", NAME],
    ["a name with two blanks", named("Trí  Giang"), "name", NAME],
    ["a name with U+200B", named("Trí\u200B Giang"), "name", /holds U\+200B; must/],
    ["a name with a no-break space", named("Trí\u00A0Giang"), "name", /holds U\+00A0; must/],
    ["a name with an ideographic space", named("Trí\u3000Giang"), "name", /holds U\+3000; must/],
    ["a name with U+00D0 for Đ", named("Ðông Giang"), "name", /holds U\+00D0; must/],
    ["a name with U+0189 for Đ", named("Ɖông Giang"), "name", /holds U\+0189; must/],
    ["a name with ð for đ", named("Đá ðỏ"), "name", /holds U\+00F0; must/],
    ["a name with a Cyrillic letter", named("Trí Giаng"), "name", /holds U\+0430; must/],
    ["a name with a mark to turn the direction", named("Trí\u202E Giang"), "name", /holds U\+202E; must/],
    ["a name with a byte order mark", named("\uFEFFTrí Giang"), "name", /holds U\+FEFF; must/],
    ["a name with a tab", named("Trí\tGiang"), "name", /holds U\+0009; must/],
    ["a name with a line break", named("Trí\nGiang"), "name", /holds U\+000A; must/],
    ["a name with another apostrophe", named("Cư M’gar"), "name", /holds U\+2019; must/],
    ["a name that is not in NFC", named("Trí Giang".normalize("NFD")), "name", /holds U\+0301; must/],
    ["a name of digits", named("12"), "name", /must be a name with letters/],
    ["a name with a leading zero", named("Trí Giang 02"), "name", NAME],
    ["a name of a full stop", named("."), "name", NAME],
    ["no name", named(""), "name", /must not be empty/],
    ["a name that is too long", named("A".repeat(101)), "name", NAME],
    ["a full name of another kind", { full_name: "Xã Trí Giang" }, "full_name", /must be, for WARD, "Phường Trí Giang"/],
    ["a full name with two blanks", { full_name: "Phường  Trí Giang" }, "full_name", NAME],
    ["an English name with marks", { name_en: "Trí Giang" }, "name_en", /holds U\+00ED; must be the name without diacritics/],
    ["an English name with a blank behind", { name_en: "Tri Giang " }, "name_en", /must be the name without diacritics/],
    [
      "a kind of another tier",
      { kind: "PROVINCE", full_name: "Tỉnh Trí Giang" },
      "kind",
      /must be, for the tier COMMUNE from 2027-01-01 on, COMMUNE, WARD, SPECIAL_ZONE/,
    ],
    [
      "a kind that is no more",
      { kind: "TOWNSHIP", full_name: "Thị trấn Trí Giang" },
      "kind",
      /must be, for the tier COMMUNE from 2027-01-01 on, COMMUNE, WARD, SPECIAL_ZONE/,
    ],
    [
      "a tier that is no more",
      { tier: "DISTRICT", kind: "TOWN", code: "279", unit_id: "279.2027", full_name: "Thị xã Trí Giang" },
      "kind",
      /must be, for the tier DISTRICT from 2027-01-01 on, nothing/,
    ],
    ["a kind in small letters", { kind: "ward" }, "kind", /is none of/],
    ["a day with a blank", { valid_from: `${DAY} ` }, "valid_from", /must be a day as YYYY-MM-DD/],
    ["a day as people write it", { valid_from: "01/01/2027" }, "valid_from", /must be a day as YYYY-MM-DD/],
    ["an act with a control character", { resolution: "1/NQ\u0007" }, "resolution", /holds U\+0007; must/],
    ["an act with U+200B", { resolution: "1/NQ\u200B-UBTVQH16" }, "resolution", /holds U\+200B; must/],
    ["an act with a blank behind", { resolution: "1/NQ-UBTVQH16 " }, "resolution", /must have at most 500 characters in NFC/],
  ])("%s", async (_what, given, column, accepted) => {
    const err = await refusalOf(given);
    expect(err).toContain(`unit-versions.csv, row 6, column ${column}: "`);
    expect(err).toMatch(accepted);
  });

  it.each<[string, string, string, RegExp]>([
    ["a share with a blank", "share", " 0.5", /is not a share; must be a decimal number above 0 and at most 1, such as 0\.25/],
    ["a share as a hexadecimal number", "share", "0x1", /is not a share/],
    ["a share with a decimal comma", "share", "0,5", /is not a share/],
    ["a share of a hundred", "share", "100%", /is not a share/],
    ["a part of what goes whole", "share", "0.5", /is not the whole; must be 1 or empty for WHOLE/],
    ["a note with U+200B", "note", "a\u200Bb", /holds U\+200B; must/],
    ["a note with a tab", "note", "a\tb", /holds U\+0009; must/],
    ["an act with two blanks", "resolution", "1  2", /must have at most 500 characters/],
  ])("%s", async (_what, column, cell, accepted) => {
    const columns = ["predecessor_id", "successor_id", "effective_on", "kind", "share", "resolution", "note"];
    const line = columns
      .map((name, n) => (name === column ? `"${cell}"` : ["01290.2025", "01294.2025", DAY, "WHOLE", "", "", ""][n]))
      .join();
    const known = nextEdition(DAY, LATER)["successions.csv"];
    const err = await refusalOf({}, { "successions.csv": [...known.slice(0, 2), line] });
    expect(err).toContain(`successions.csv, row 4, column ${column}: "${cell}"`);
    expect(err).toMatch(accepted);
  });

  it("parts that are more than the whole", async () => {
    const whole = nextEdition(DAY, LATER)["successions.csv"].slice(0, 2);
    const parts = ["01294.2025", "01273.2025"].map((to) => `01290.2025,${to},${DAY},PART,0.6,,`);
    const err = await refusalOf({}, { "successions.csv": [...whole, ...parts] });
    expect(err).toMatch(
      /successions\.csv, row 4, column share: "0\.6" is too large: the shares of 01290\.2025 sum to 1\.2; must sum to at most 1/,
    );
  });

  it("changes nothing, also by the command; valid files are applied", async () => {
    expect(await digestOf(database)).toEqual(before);
    const { path, remove } = await written({ code: "1279" });
    const { code, out, err } = await run("units", database, ["apply", path]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /^cchc-graph: .*unit-versions\.csv, row 6, column code: "1279" must be, for the tier COMMUNE, 5 digits, such as 01558\n$/,
    );
    await remove();
    for (const name of ["Cư M'gar", "Xuân Hương - Đà Lạt", "N.T Phong Hải", "K' Dang", "Sơn Kim 1", "1 Bảo Lộc", "é Tòng", "Ý Yên"]) {
      const good = await written(named(name));
      const { changes } = await planUnits(database.orm.em.fork(), await readNextUnits(good.path));
      expect(changes[0]?.lines).toContainEqual(expect.stringContaining(`Phường ${name} `));
      await good.remove();
    }
    expect(await digestOf(database)).toEqual(before);
  });
});
