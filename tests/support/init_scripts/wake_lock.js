// Counts in window.__wakeLocks how often the page asks that the screen stay on; it is always granted.
(() => {
  window.__wakeLocks = 0;
  const sentinel = { release: async () => undefined };
  Object.defineProperty(navigator, 'wakeLock', {
    configurable: true,
    value: { request: async () => ((window.__wakeLocks += 1), sentinel) },
  });
})();
