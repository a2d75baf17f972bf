import { expect } from "vitest";

export type SeedFile =
  | "units/unit-versions.csv"
  | "units/successions.csv"
  | "units/editions.csv"
  | "reports/sources.csv"
  | "reports/figures.csv"
  | "work-calendar.csv"
  | "procedures.csv";

/** Changes lines, which are counted from 1, or returns the whole file. */
export type Edit = (lines: string[]) => string | Buffer | void;

type Damage = [what: string, file: SeedFile, edit: Edit, message: RegExp];

/** Replaces a part of one line, which must be there. */
const put = (row: number, before: string, after: string) => (lines: string[]) => {
  expect(lines[row]).toContain(before);
  lines[row] = lines[row]!.replace(before, after);
};

const UNITS: Damage[] = [
  [
    "an invalid day",
    "units/unit-versions.csv",
    put(3, "2015-08-31", "2015-02-30"),
    /row 3, column valid_from: "2015-02-30" must be a day as YYYY-MM-DD/,
  ],
  ["an unknown tier", "units/unit-versions.csv", put(3, "PROVINCE", "REGION"), /row 3, column tier: "REGION" is none of COUNTRY, PROVINCE/],
  ["an unknown kind", "units/unit-versions.csv", put(3, "CENTRAL_CITY", "HAMLET"), /row 3, column kind: "HAMLET" is none of /],
  ["an unknown parent", "units/unit-versions.csv", put(3, ",VN,", ",VM,"), /row 3, column parent_id: "VM" is not a unit of this file/],
  ["no parent", "units/unit-versions.csv", put(3, ",VN,", ",,"), /row 3, column parent_id: "" must not be empty/],
  ["no name", "units/unit-versions.csv", put(3, ",Hà Nội,", ",,"), /row 3, column name: "" must not be empty/],
  [
    "a last day before the first",
    "units/unit-versions.csv",
    put(3, "2015-08-31,,", "2015-08-31,2015-08-31,"),
    /row 3, column valid_to: "2015-08-31" must be after/,
  ],
  ["a cell too many", "units/unit-versions.csv", put(5, ",", ",,"), /row 5: .*[Cc]olumn/],
  [
    "a header without a column",
    "units/unit-versions.csv",
    put(1, "full_name", "fullname"),
    /row 1, column full_name: the header has no such column/,
  ],
  ["an unclosed quote", "units/unit-versions.csv", put(4, ",PROVINCE,", ',"PROVINCE,'), /unit-versions\.csv, row 4\b.*[Qq]uote/],
  ["text after a quote", "units/unit-versions.csv", put(4, ",PROVINCE,", ',"PROV"INCE,'), /unit-versions\.csv, row 4\b.*[Qq]uot/],
  [
    "bytes that are not UTF-8",
    "units/unit-versions.csv",
    (lines) => {
      lines[7] = lines[7]!.replace(",PROVINCE,", ",\u00e9,");
      return Buffer.concat([Buffer.from(`${lines.slice(1, 7).join("\n")}\n`), Buffer.from(lines.slice(7).join("\n"), "latin1")]);
    },
    /unit-versions\.csv, row 7: is not UTF-8/,
  ],
  [
    "one version twice",
    "units/unit-versions.csv",
    (lines) => void lines.splice(4, 0, lines[3]!),
    /row 4, column valid_from: .* belongs to another version too/,
  ],
  [
    "an unknown successor",
    "units/successions.csv",
    put(3, "26395.2015", "99999.2015"),
    /row 3, column successor_id: "99999.2015" is not a unit/,
  ],
  ["an unknown predecessor", "units/successions.csv", put(2, "10597.2015", "1.2"), /row 2, column predecessor_id: "1.2" is not a unit/],
  [
    "a succession on another day",
    "units/successions.csv",
    put(2, "2019-01-10", "2019-01-11"),
    /row 2, column effective_on: .* is not the end of 10597/,
  ],
  [
    "a whole succession to two units",
    "units/successions.csv",
    put(3, "PART", "WHOLE"),
    /row 3, column kind: "WHOLE" does not fit \d+ successors/,
  ],
  ["a share above the whole", "units/successions.csv", put(3, "PART,,", "PART,1.5,"), /row 3, column share: "1.5" is not a share/],
  [
    "another count",
    "units/editions.csv",
    put(3, "11162", "11163"),
    /editions\.csv, row 3, column communes: "11163" is stated, but 11162 were loaded/,
  ],
  [
    "an edition too few",
    "units/editions.csv",
    (lines) => void lines.splice(3, 1),
    /editions\.csv, row \d+, column date: .* units change on 2017-04-19 too/,
  ],
];

const REPORTS: Damage[] = [
  ["a quote that closes in the next record", "reports/figures.csv", put(3, '54"', "54"), /figures\.csv, row 3\b.*[Qq]uote/],
  [
    "a fault below cells of several lines",
    "reports/figures.csv",
    (lines) =>
      lines.with(2, lines[2]!.replace("nhiệm vụ,", "nhiệm vụ,\n")).with(3, lines[3]!.replace(",2021,", ",202l,")).slice(1).join("\r\n"),
    /figures\.csv, row 4, column period: "202l"/,
  ],
  [
    "a broken identity",
    "reports/figures.csv",
    put(2, ",115,", ",116,"),
    /figures\.csv, row \d, column value: "\d+" contradicts the identity .*116/,
  ],
  [
    "a figure stated twice, differently",
    "reports/figures.csv",
    (lines) => void lines.splice(3, 0, lines[2]!.replace(",115,", ",114,")),
    /row 3, column value: "114" states task\.total a second time; row 2 of the same report states 115/,
  ],
  [
    "an unknown report",
    "reports/figures.csv",
    put(2, "000_f83e30d65ee75924", "000"),
    /figures\.csv, row 2, column report: "000" is no report/,
  ],
  ["an unknown period", "reports/figures.csv", put(2, ",2021,", ",2021-13,"), /figures\.csv, row 2, column period: "2021-13" /],
  [
    "an invalid number",
    "reports/figures.csv",
    put(2, ",115,", ",115 nhiệm vụ,"),
    /figures\.csv, row 2, column value: "115 nhiệm vụ" is not a number/,
  ],
  [
    "a count that is not an integer",
    "reports/figures.csv",
    put(2, ",115,", ",115.5,"),
    /figures\.csv, row 2, column value: "115.5" must be a whole number from 0 to 2,147,483,647, for task\.total/,
  ],
  [
    "a count above the maximum of an answer",
    "reports/figures.csv",
    put(2, ",115,", ",3000000000,"),
    /figures\.csv, row 2, column value: "3000000000" must be a whole number from 0 to 2,147,483,647, for task\.total/,
  ],
  [
    "counts that add up to more",
    "reports/figures.csv",
    (lines) =>
      void lines.splice(
        2,
        0,
        ...["01273", "01267"].map((ward) => `000_f83e30d65ee75924,${ward},2024,COMMUNE,dossier.received,,2147483647,,,q`),
      ),
    /figures\.csv, row 3, column value: "2147483647" is too much with what else is stated: dossier\.received of 2024 may add up to 4,294,967,294 in the country/,
  ],
  [
    "an invalid code of a measure",
    "reports/figures.csv",
    put(2, "task.total", "Task Total"),
    /figures\.csv, row 2, column measure: "Task Total" is not a code/,
  ],
  [
    "no quote",
    "reports/figures.csv",
    (lines) => void (lines[2] = lines[2]!.replace(/,"[^"]*"$/, ",")),
    /figures\.csv, row 2, column quote: "" must be/,
  ],
  [
    "an invalid day of publication",
    "reports/sources.csv",
    put(2, "2022-05-11", "11/05/2022"),
    /sources\.csv, row 2, column published_on: "11\/05\/2022" is not a day/,
  ],
];

/** Found where the reports are compared with the units. */
export const DAMAGES_BESIDE_UNITS: readonly Damage[] = [
  [
    "an unknown code",
    "reports/figures.csv",
    put(2, ",058,", ",999999,"),
    /figures\.csv, row 2, column unit_code: "999999" is held by no unit/,
  ],
  [
    "an unknown code of a report",
    "reports/sources.csv",
    put(2, ",058,", ",999999,"),
    /sources\.csv, row 2, column unit_code: "999999" is held by no unit/,
  ],
  [
    "a scope above the unit",
    "reports/figures.csv",
    put(2, ",2021,,", ",2021,COUNTRY,"),
    /figures\.csv, row 2, column scope: "COUNTRY" lies above/,
  ],
];

const CALENDAR: Damage[] = [
  ["a Saturday off", "work-calendar.csv", put(2, "2018-01-01", "2018-01-06"), /row 2, column date: "2018-01-06" is a Saturday or Sunday/],
  ["an unknown kind of day", "work-calendar.csv", put(2, "DAY_OFF", "HOLIDAY"), /row 2, column kind: "HOLIDAY" must be one of DAY_OFF/],
];

const CATALOGUE: Damage[] = [
  ["an invalid code", "procedures.csv", put(2, "1.000656", "656"), /row 2, column code: "656" is not accepted: .*1\.000894/],
  [
    "one code twice",
    "procedures.csv",
    put(3, "1.000689", "1.000656"),
    /row 3, column code: "1.000656" is not accepted: .*is a duplicate of row/,
  ],
  ["a field with two names", "procedures.csv", put(3, "Hộ tịch", "Hộ Tịch"), /row 3, column fieldName: .* in row 2/],
  [
    "an unknown tier of competence",
    "procedures.csv",
    put(4, "COMMUNE", "VILLAGE"),
    /row 4, column competence: "VILLAGE" is not accepted: .*COMMUNE/,
  ],
  ["a limit that is not a number", "procedures.csv", put(4, ",1,", ",một,"), /row 4, column workingDays: "một" is not accepted/],
  ["an invalid fee", "procedures.csv", put(4, "false", "no"), /row 4, column hasFee: "no" must be true or false/],
];

/** Edits of the seeds, each of which must be refused, with the message. */
export const DAMAGES: readonly Damage[] = [...UNITS, ...REPORTS, ...CALENDAR, ...CATALOGUE];
