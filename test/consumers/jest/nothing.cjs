// In place of what the devtools of TanStack Query for Vue sort with: it is an ES module alone.
module.exports = {};
