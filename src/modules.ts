import "reflect-metadata";
import "./records.ts";

// The order of the schema's fields follows these lines.
export { hierarchyModule } from "./hierarchy/hierarchy.module.ts";
export { accessModule } from "./access/access.module.ts";
export { rollupModule } from "./rollups/rollup.module.ts";
export { administrationModule } from "./administration/administration.module.ts";
export { assessmentModule } from "./assessments/assessment.module.ts";
export { rubricModule } from "./assessments/rubrics/rubric.module.ts";
export { cycleModule } from "./assessments/cycles/cycle.module.ts";
export { publicationModule } from "./assessments/publications/publication.module.ts";
export { standingModule } from "./assessments/standings/standing.module.ts";
export { dossierModule } from "./dossiers/dossier.module.ts";
export { procedureModule } from "./procedures/procedure.module.ts";
export { workCalendarModule } from "./calendar/work-calendar.module.ts";
export { figureModule } from "./figures/figure.module.ts";
export { indicatorModule } from "./indicators/indicator.module.ts";
export { recordModule } from "./counters/record.module.ts";
export { reportModule } from "./reports/report.module.ts";
export { serviceModule } from "./services/service.module.ts";
export { taskModule } from "./tasks/task.module.ts";
export { agencyModule } from "./administration/agency.module.ts";
export { unitModule } from "./units/unit.module.ts";
