import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { visible } from "../lib/code.ts";
import { openProblemFile, type FileProblem } from "../lib/files/problem-file.ts";
import { ProblemSummary } from "../lib/files/problem-summary.ts";

/** Maximum number of findings on the console; the files contain all. */
const SHOWN = 10;

export interface FindingFiles {
  readonly problems?: string | undefined;
  readonly warnings?: string | undefined;
}

export interface Findings {
  readonly problem: (problem: FileProblem, value?: string) => void;
  readonly warning: (warning: FileProblem) => void;
  readonly count: () => number;
  /** Closes the files and prints a summary. */
  readonly end: () => void;
}

/** Collects problems and warnings of an import: each kind goes to its own file, which exists afterwards only if there are any, and a summary goes to the console. */
export const openFindings = (path: string, files: FindingFiles, tell: (line: string) => void): Findings => {
  const [problemPath, warningPath] = [files.problems ?? `${path}.problems.csv`, files.warnings ?? `${path}.warnings.csv`];
  if (resolve(problemPath) === resolve(warningPath))
    throw new Error(`--warnings: ${warningPath} is the file of problems; must be another file`);
  const problems = openList(path, problemPath, "--problems");
  const warnings = openList(path, warningPath, "--warnings");
  return {
    problem: (problem, value) => problems.add(problem, value),
    warning: (warning) => warnings.add(warning, undefined),
    count: () => problems.count(),
    end: () => {
      problems.end("problem", tell);
      warnings.end("warning", tell);
    },
  };
};

const openList = (path: string, to: string, option: string) => {
  if (isSame(path, to)) throw new Error(`${option}: ${to} is the file to import; must be another file`);
  const file = openProblemFile(to);
  const summary = new ProblemSummary();
  const rows = new Set<number>();
  const shown: string[] = [];
  return {
    add: (problem: FileProblem, value: string | undefined) => {
      file.write(problem);
      summary.add(problem, value);
      rows.add(problem.row);
      if (shown.length < SHOWN) shown.push(`row ${problem.row}${problem.record === null ? "" : `, ${problem.record}`}: ${problem.message}`);
    },
    count: () => summary.count,
    end: (what: string, tell: (line: string) => void) => {
      file.close();
      if (summary.count === 0) return;
      tell(`${countText(summary.count, what)} in ${countText(rows.size, "row")}:`);
      for (const line of summary.lines()) tell(`  ${line}`);
      for (const line of shown) tell(visible(line));
      tell(`all ${what}s: ${to}`);
    },
  };
};

export const countText = (count: number, what: string): string => `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;

const isSame = (one: string, other: string): boolean => {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
};
