import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The storeys of src, from the ground up: what stands in one imports from those below it alone, types too, and not from its neighbours. Analysis and exports are to come. */
export const STOREYS = [
  ["lib"],
  ["database"],
  ["hierarchy"],
  ["access"],
  ["module"],
  ["journal"],
  ["units", "calendar"],
  ["figures"],
  ["counters"],
  ["rollups"],
  ["procedures", "imports"],
  ["administration", "reports", "services"],
  ["dossiers", "tasks"],
  ["indicators"],
  ["assessments"],
  ["analysis"],
  ["modules.ts"],
  ["graphql"],
  ["exports"],
  ["server", "backup"],
  ["orm.config.ts", "migrations"],
  ["main.ts"],
  ["cli"],
];

/** Rooms that know nothing of src, not even of one another. */
const APART = "apps";
/** Who may load seeds. */
const SEEDING = ["main.ts", "cli"];

/** What still breaks the order, file by file, with the reason. The list only shrinks: an entry that nothing needs fails. */
const KNOWN = {
  // An index of satisfaction is what surveys found, which assessments read.
  "indicators/indicator.service.ts": ["assessments/assessment.service.ts"],
  // Who corrects a procedure carries that to the dossiers in the same transaction.
  "procedures/procedure-load.service.ts": ["dossiers/procedure-carry.store.ts"],
};

const ROOT = dirname(fileURLToPath(import.meta.url));
const SRC = resolve(ROOT, "src");
const roomOf = (path) => path.split("/")[0];
const storeyOf = (room) => STOREYS.findIndex((rooms) => rooms.includes(room));

/** Why a file of src may not import another file; null where it may. Paths of src are from there, others are absolute. */
const faultOf = (from, to) => {
  const room = roomOf(from);
  if (to.startsWith("/")) {
    const outside = relative(ROOT, to);
    if (outside.startsWith("test/")) return "src knows no test";
    return outside.startsWith("seeds/") && !SEEDING.includes(room) ? `only ${SEEDING.join(" and ")} load seeds` : null;
  }
  const target = roomOf(to);
  if (room === APART || target === APART) {
    const app = (path) => path.split("/").slice(0, 2).join("/");
    return app(from) === app(to) ? null : "apps are clients of the API, and neither import src nor are imported";
  }
  if (room === target) return null;
  const unknown = [room, target].find((one) => storeyOf(one) === -1);
  if (unknown !== undefined) return `${unknown} has no storey: give it one in .storeys.mjs`;
  if (storeyOf(target) < storeyOf(room)) return null;
  return storeyOf(target) === storeyOf(room) ? `${room} and ${target} are neighbours` : `${target} stands above ${room}`;
};

const pathOf = (absolute) => (absolute.startsWith(`${SRC}/`) ? relative(SRC, absolute) : absolute);

const downward = {
  create(context) {
    const from = pathOf(context.filename);
    if (from.startsWith("/")) return {};
    const unmet = new Set(KNOWN[from]);
    const check = (node, source) => {
      if (typeof source?.value !== "string" || !source.value.startsWith(".")) return;
      const to = pathOf(resolve(dirname(context.filename), source.value));
      const fault = faultOf(from, to);
      if (fault === null || unmet.delete(to) || KNOWN[from]?.includes(to)) return;
      context.report({ node, message: `${from} must not import ${source.value}: ${fault} (.storeys.mjs states the order)` });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal ?? node.argument),
      "Program:exit": (node) => {
        for (const to of unmet) context.report({ node, message: `${from} imports ${to} no more: take it off the list in .storeys.mjs` });
        if (from !== "main.ts") return;
        const gone = Object.keys(KNOWN).filter((path) => !existsSync(resolve(SRC, path)));
        for (const path of gone) context.report({ node, message: `${path} is no more: take it off the list in .storeys.mjs` });
      },
    };
  },
};

export default { meta: { name: "storeys" }, rules: { downward } };
