import "reflect-metadata";
import { buildSchema } from "type-graphql";
import { AccessGrantResolver, AccessKeyResolver } from "../../administration/access-key.resolver.ts";
import { AuditEntryConnectionResolver, AuditEntryResolver, AuditQueries } from "../../administration/audit.resolver.ts";
import { checkPermission } from "../../access/permission.ts";
import { AssessmentResolver, UnitAssessmentsResolver } from "../../assessments/assessment.resolver.ts";
import { DossierMutations } from "../../dossiers/import/dossier-import.resolver.ts";
import { Form06Resolver, UnitFormsResolver } from "../../dossiers/statistics/dossier-form.resolver.ts";
import { DossierCountsResolver, DossierRollupResolver, UnitDossiersResolver } from "../../dossiers/statistics/dossier-rollup.resolver.ts";
import { DossierConnectionResolver, DossierQueries, DossierResolver } from "../../dossiers/dossier.resolver.ts";
import { ProcedureResolver } from "../../procedures/procedure.resolver.ts";
import { WorkCalendarResolver } from "../../calendar/work-calendar.resolver.ts";
import { FigureResolver, UnitFiguresResolver } from "../../figures/figure.resolver.ts";
import { IndicatorQueries, IndicatorValueResolver, UnitIndicatorsResolver } from "../../indicators/indicator.resolver.ts";
import { UnitRecordsResolver } from "../../counters/record.resolver.ts";
import { ReportResolver } from "../../reports/report.resolver.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { ServiceRollupResolver, UnitServicesResolver } from "../../services/service-rollup.resolver.ts";
import { TaskRollupResolver, UnitTasksResolver } from "../../tasks/task-rollup.resolver.ts";
import { AgencyMutations } from "../../administration/agency.resolver.ts";
import { UnitQueries, UnitResolver } from "../../units/unit.resolver.ts";
import { checkRouter, resolveEntities } from "../federation/entities.ts";
import { federate, type Subgraph } from "../federation/federate.ts";
import { sortParameters } from "./resolver-parameters.ts";

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

/** The federated schema, and its text as it is committed. */
export const createSubgraph = async (): Promise<Subgraph> => {
  const plain = await buildSchema({
    resolvers: [
      UnitQueries,
      ...[AgencyMutations, DossierMutations],
      ...[AccessKeyResolver, AccessGrantResolver, AuditQueries, AuditEntryConnectionResolver, AuditEntryResolver],
      ...[UnitResolver, UnitFiguresResolver, FigureResolver],
      ...[
        UnitDossiersResolver,
        DossierCountsResolver,
        DossierRollupResolver,
        UnitFormsResolver,
        Form06Resolver,
        DossierQueries,
        DossierResolver,
        DossierConnectionResolver,
      ],
      ...[ProcedureResolver, WorkCalendarResolver, UnitRecordsResolver],
      ...[UnitTasksResolver, TaskRollupResolver, UnitServicesResolver, ServiceRollupResolver],
      ...[UnitAssessmentsResolver, AssessmentResolver, ReportResolver, IndicatorQueries, UnitIndicatorsResolver, IndicatorValueResolver],
    ],
    authChecker: checkPermission,
    validate: false,
    skipCheck: true,
  });
  sortParameters();
  const { schema, sdl } = federate(plain, LINK, {}, ["unit", "units"]);
  // The library's own lets one bad reference fail all of them, and leaves promises behind that nobody waits for.
  const { _entities, _service } = schema.getQueryType()!.getFields();
  _entities!.resolve = (_root, args: { representations: unknown[] }, context: RequestContext) =>
    resolveEntities(args.representations, context);
  const resolveService = _service!.resolve!;
  _service!.resolve = (root, args, context: RequestContext, info) => {
    checkRouter(context);
    return resolveService(root, args, context, info);
  };
  return { schema, sdl };
};
