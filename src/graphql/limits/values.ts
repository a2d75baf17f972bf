import { type DocumentNode, Kind, type ValueNode, visit } from "graphql";
import { BadUserInput, DomainError } from "../../lib/errors.ts";
import { checkText } from "../../lib/json.ts";

interface ListLimit {
  readonly maximum: number;
  /** Factor for the lists of `LONG`. */
  readonly factor: number;
  readonly isRouter: boolean;
}

/** Maximum number of references in a call, above the number of units of any hierarchy. */
const MAX_REFERENCES = 20_000;

const LONG = new Set(["figures", "dossiers", "tasks", "units", "criteria", "members", "answers"]);

/** Checks the values of all arguments, literal or in variables. @throws DomainError LIMIT_EXCEEDED for a too long list, BAD_USER_INPUT for an invalid number or text. */
export const checkValues = (document: DocumentNode, variables: Readonly<Record<string, unknown>>, limit: ListLimit): void => {
  const done = new Set<string>();
  const check = (name: string, node: ValueNode): void => {
    if (node.kind === Kind.VARIABLE) {
      const variable = node.name.value;
      if (!done.has(`${variable} ${name}`) && Object.hasOwn(variables, variable)) checkGiven(name, variables[variable], limit);
      done.add(`${variable} ${name}`);
    } else if (node.kind === Kind.LIST) {
      checkLength(name, node.values.length, limit);
      for (const value of node.values) check(name, value);
    } else if (node.kind === Kind.OBJECT) {
      for (const field of node.fields) check(field.name.value, field.value);
    } else {
      checkLiteral(name, node);
    }
  };
  for (const { name, value } of givenIn(document)) check(name, value);
};

interface Given {
  readonly name: string;
  readonly value: ValueNode;
}

const given = new WeakMap<DocumentNode, readonly Given[]>();

/** The values of arguments, and the defaults of variables. A document is visited once, because to visit it takes longer than to check its values. */
const givenIn = (document: DocumentNode): readonly Given[] => {
  const found = given.get(document);
  if (found) return found;
  const values: Given[] = [];
  visit(document, {
    Argument: ({ name, value }) => void values.push({ name: name.value, value }),
    VariableDefinition: ({ variable, defaultValue }) => {
      if (defaultValue) values.push({ name: variable.name.value, value: defaultValue });
    },
  });
  given.set(document, values);
  return values;
};

const checkLength = (name: string, length: number, { maximum, factor, isRouter }: ListLimit): void => {
  const isReferences = name === "representations";
  if (isReferences && isRouter) {
    if (length <= MAX_REFERENCES) return;
    throw new DomainError("LIMIT_EXCEEDED", `${name}: ${length} references were sent; the maximum is ${MAX_REFERENCES} per call`);
  }
  const most = LONG.has(name) ? maximum * factor : maximum;
  if (length <= most) return;
  const others = isReferences ? `, and ${MAX_REFERENCES} for a router that sends its secret` : "";
  throw new DomainError("LIMIT_EXCEEDED", `MAX_LIST: ${name} has ${length} items; the maximum is ${most}${others}`);
};

const checkGiven = (name: string, value: unknown, limit: ListLimit): void => {
  if (Array.isArray(value)) {
    checkLength(name, value.length, limit);
    for (const item of value) checkGiven(name, item, limit);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) checkGiven(key, item, limit);
  }
};

/** graphql-js parses 1e400 as Infinity. */
const checkLiteral = (name: string, node: ValueNode): void => {
  if (node.kind === Kind.STRING) checkText(node.value, name);
  if ((node.kind === Kind.FLOAT || node.kind === Kind.INT) && !Number.isFinite(Number(node.value)))
    throw new BadUserInput(name, node.value, "must be a finite number");
};
