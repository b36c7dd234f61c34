// Jest as it comes, with nothing that turns modules into CommonJS.
module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/plain.test.cjs'],
  transform: {},
  moduleNameMapper: { '^@tanstack/match-sorter-utils$': '<rootDir>/nothing.cjs' },
};
