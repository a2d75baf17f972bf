import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { Kind, parse } from "graphql";
import type { Question } from "./link.ts";

/** GraphiQL reads a text only a while after it has changed, and would run it under the name of the one before. */
const factsOf = (query: string) => {
  try {
    const documentAST = parse(query);
    const operations = documentAST.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    return { documentAST, operations, operationName: operations[0]?.name?.value };
  } catch {
    return { documentAST: undefined, operations: undefined, operationName: undefined };
  }
};

/** @returns what puts a question into the tab that is seen, or into one of its own, which has no headers. */
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
