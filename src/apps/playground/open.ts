import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { Kind, parse } from "graphql";
import type { Question } from "./link.ts";

/** GraphiQL parses a text with a delay after each change, and would run it under its former name. */
const factsOf = (query: string) => {
  try {
    const documentAST = parse(query);
    const operations = documentAST.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    return { documentAST, operations, operationName: operations[0]?.name?.value };
  } catch {
    return { documentAST: undefined, operations: undefined, operationName: undefined };
  }
};

/** @returns a function that shows a query in the present tab, or in a new one without headers. */
export const useOpen = (): ((question: Question, where: { inNewTab: boolean }) => void) => {
  const actions = useGraphiQLActions();
  const { queryEditor, variableEditor, responseEditor } = useGraphiQL(pick("queryEditor", "variableEditor", "responseEditor"));
  return ({ query, variables }, { inNewTab }) => {
    actions.stop();
    if (inNewTab) actions.addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    responseEditor?.setValue("");
    const facts = factsOf(query);
    actions.setOperationFacts(facts as Parameters<typeof actions.setOperationFacts>[0]);
    actions.updateActiveTabValues({ query, variables, response: null, operationName: facts.operationName ?? null });
  };
};
