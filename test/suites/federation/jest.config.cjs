const { dirname, join } = require("node:path");

module.exports = {
  rootDir: dirname(require.resolve("@apollo/federation-subgraph-compatibility-tests/package.json")),
  testEnvironment: "node",
  testMatch: ["<rootDir>/dist/tests/*.test.js"],
  // Jest passes over what lies below node_modules, where these do.
  testPathIgnorePatterns: [],
  haste: { retainAllFiles: true },
  transform: {},
  moduleNameMapper: { "^make-fetch-happen$": join(__dirname, "fetch.cjs") },
};
