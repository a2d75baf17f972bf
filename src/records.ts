import { registerRecords } from "./counters/record-kinds.ts";
import { DOSSIER_RECORDS } from "./dossiers/dossier-records.ts";
import { TASK_RECORDS } from "./tasks/task-records.ts";

registerRecords([DOSSIER_RECORDS, TASK_RECORDS]);
