import { registerEnumType } from "type-graphql";

/** Registers a GraphQL enum for a union of texts, with a description for each value. */
export const enumType = <T extends string>(name: string, description: string, values: Record<T, string>): { [K in T]: K } => {
  const names = Object.keys(values) as T[];
  const type = Object.fromEntries(names.map((value) => [value, value])) as { [K in T]: K };
  registerEnumType(type, {
    name,
    description,
    valuesConfig: Object.fromEntries(names.map((value) => [value, { description: values[value] }])) as Record<T, { description: string }>,
  });
  return type;
};
