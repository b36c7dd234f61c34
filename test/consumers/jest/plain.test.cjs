// Every entry of every package, as Jest requires it.

test.each([
  ['@tidings/client', 'createClient'],
  ['@tidings/client/codes', 'CLOSE_CODES'],
  ['@tidings/client/presence', 'watchPresence'],
  ['@tidings/client/validate', 'validated'],
  ['@tidings/query', 'bridgeOf'],
  ['@tidings/react', 'useRealtimeSync'],
  ['@tidings/react/indicator', 'ConnectionIndicator'],
  ['@tidings/react/optimistic', 'optimisticUpdate'],
  ['@tidings/react/polling', 'usePollingFallback'],
  ['@tidings/react/presence', 'usePresence'],
  ['@tidings/vue', 'useRealtimeSync'],
])('%s has %s', (entry, name) => {
  expect(require(entry)[name]).toBeDefined();
});

// Guarantees: B8
test('the bindings share one client and one bridge', () => {
  const { tagPosition } = require('@tidings/client');
  expect(require('@tidings/react').tagPosition).toBe(tagPosition);
  expect(require('@tidings/vue').tagPosition).toBe(tagPosition);
});
