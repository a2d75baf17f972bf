const path = require("node:path");

module.exports = {
  rootDir: path.join(__dirname, "../../.."),
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/suites/apollo/integration.suite.ts"],
  transform: { "\\.ts$": "<rootDir>/test/suites/apollo/transform.cjs" },
  // The suite is of 5.5.0, the server of 5.5.1: of that version there is no suite.
  testNamePattern: "^(?!.*lockstep versioning)",
};
