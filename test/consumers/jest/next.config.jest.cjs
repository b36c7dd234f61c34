const nextJest = require('next/jest.js');

module.exports = nextJest({ dir: __dirname })({
  testEnvironment: 'jsdom',
  testMatch: ['**/next.test.jsx'],
});
