import { registerRecords } from "./counters/record-kinds.ts";
import { DOSSIER_RECORDS } from "./dossiers/dossier-records.ts";

registerRecords([DOSSIER_RECORDS]);
