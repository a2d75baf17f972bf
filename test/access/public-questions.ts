const COUNTS = [
  "received",
  "resolved resolvedEarly resolvedOnTime resolvedOverdue",
  "carriedOver inProcess inProcessOverdue inProcessPaused",
  "withdrawn stopped",
];
const RATES = [
  "onTimeRate { value numerator denominator coverage low high }",
  "handled: onTimeRate(basis: HANDLED) { value }",
  "onlineRate { value }",
];
/** Selections of a roll-up of dossiers. */
export const OF_ROLLUP = [
  ...COUNTS,
  ...RATES,
  ...["dataThrough", "exact incomplete", "bounds(measure: IN_PROCESS_OVERDUE) { low high }", "coverage { unitsExpected unitsCovered }"],
  ...[
    "byChannel { channel received }",
    "averageWorkingDays",
    "sources { id kind title }",
    "reconciliation { measure reported recorded difference }",
  ],
  `byTier { tier rollup { ${COUNTS.join(" ")} exact } }`,
  ...["MONTH", "QUARTER"].map((grain) => `${grain}: series(grain: ${grain}) { period dataThrough ${COUNTS.join(" ")} averageWorkingDays }`),
  `byField { field { code } counts { ${COUNTS.join(" ")} ${RATES[0]} } }`,
  `parts { unit { code } isRemainder counts { ${COUNTS.join(" ")} } }`,
];
const TASKS =
  "total withDeadline completedOnTime completedLate completedWithoutDeadline runningOverdue due dueCompletedOnTime onTimeRate(basis: DUE) { value }";
/** Selections of a unit. */
export const OF_UNIT = (period: string) => [
  `form06(period: "${period}") { total { toHandle resolved paused } rows { field { code } toHandle resolvedEarly } }`,
  `serviceQuality(period: "${period}") { score criteria { code score rate { numerator denominator } } }`,
  `indicators(period: "${period}") { indicator { code } rate { value numerator } sources { id } }`,
  `tasks(period: "${period}") { total } services(period: "${period}") { procedures }`,
  `tasks(period: "${period}") { ${TASKS} dataThrough exact incomplete coverage { unitsCovered } sources { id title } byTier { tier rollup { ${TASKS} } } }`,
  `tasks(period: "${period}") { parts { unit { code } isRemainder counts { ${TASKS} } } }`,
  `tasks(period: "${period}") { series(grain: MONTH) { ${TASKS} dataThrough } reconciliation { measure reported recorded } }`,
  `children { code dossiers(period: "${period}") { received dataThrough } }`,
  "records { kind completeSince completeThrough lastImportAt }",
  "children(kinds: [DEPARTMENT, DIVISION]) { code records { lastImportAt } }",
];
