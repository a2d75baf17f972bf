import "reflect-metadata";
import { Command, InvalidArgumentError } from "commander";
import { benchAssessments } from "./assessments.ts";
import { benchCost } from "./cost.ts";
import { benchFigures } from "./figures.ts";
import { benchFlood } from "./flood.ts";
import { benchHierarchy } from "./hierarchy.ts";
import { benchLedger } from "./ledger.ts";
import { benchPeers } from "./peers.ts";
import { benchSilent } from "./silent.ts";
import { benchSoak } from "./soak.ts";
import { benchTaskTrees } from "./task-trees.ts";
import { benchTasks } from "./tasks.ts";

const count = (text: string): number => {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError("must be a whole number from 1 on");
};

const part = (text: string): number => {
  const number = Number(text);
  if (number >= 0.01 && number <= 1) return number;
  throw new InvalidArgumentError("must be a number from 0.01 to 1");
};

const program = new Command("npm run bench --").description("What the service costs, each measure beside its floor in the same run.");
program
  .command("figures", { isDefault: true })
  .description("starts, the tree of reported figures, one roll-up under load")
  .action(benchFigures);
program
  .command("hierarchy")
  .description("the units of all days into memory, and the lineage of the editions; fails above the limits")
  .action(benchHierarchy);
program
  .command("ledger")
  .description("import and roll-ups of dossiers")
  .option("--dossiers <n>", "how many", count, 10_000_000)
  .action(({ dossiers }: { dossiers: number }) => benchLedger(dossiers));
program
  .command("tasks")
  .description("processor time of a write of a task with its counters, and the country's tree with tasks; fails above the limits")
  .option("--tasks <n>", "how many there are already", count, 1_000_000)
  .option("--scale <part>", "the part of the demo's dossiers of the tree, from 0.01 to 1", part, 0.05)
  .action(async ({ tasks, scale }: { tasks: number; scale: number }) => {
    await benchTaskTrees(scale);
    await benchTasks(tasks);
  });
program
  .command("assessments")
  .description("projections in a block of all communes of the country; fails where one takes more than a second")
  .action(benchAssessments);
program
  .command("peers")
  .description("trees of dossiers beside PostGraphile 5 over the same counters")
  .option("--dossiers <n>", "how many", count, 100_000)
  .action(({ dossiers }: { dossiers: number }) => benchPeers(dossiers));
program
  .command("silent")
  .description("the country's tree where few provinces have records beside one where all have; fails where a unit costs far more")
  .option("--dossiers <n>", "how many where all have", count, 100_000)
  .option("--scale <part>", "the part of the demo's dossiers where few have, from 0.01 to 1", part, 0.05)
  .action(({ dossiers, scale }: { dossiers: number; scale: number }) => benchSilent(dossiers, scale));
program
  .command("cost")
  .description("processor time by row of cost of some sixty questions; fails where one takes far more than the tree of the whole country")
  .option("--scale <part>", "the part of the demo's dossiers, from 0.01 to 1", part, 0.05)
  .action(({ scale }: { scale: number }) => benchCost(scale));
program
  .command("flood")
  .description("readers with a key and imports beside a flood of ever new periods")
  .option("--dossiers <n>", "how many", count, 100_000)
  .action(({ dossiers }: { dossiers: number }) => benchFlood(dossiers));
program
  .command("soak")
  .description("readers and writers over the demo for minutes: errors, memory by minute, times, a recount")
  .option("--minutes <n>", "how long", count, 10)
  .option("--scale <part>", "the part of the demo's dossiers, from 0.01 to 1", part, 1)
  .action(({ minutes, scale }: { minutes: number; scale: number }) => benchSoak(minutes, scale));

await program.parseAsync();
