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
  ["records.ts"],
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
    const check = (node, source) => {
      if (typeof source?.value !== "string" || !source.value.startsWith(".")) return;
      const to = pathOf(resolve(dirname(context.filename), source.value));
      const fault = faultOf(from, to);
      if (fault === null) return;
      context.report({ node, message: `${from} must not import ${source.value}: ${fault} (.storeys.mjs states the order)` });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal ?? node.argument),
    };
  },
};

export default { meta: { name: "storeys" }, rules: { downward } };
