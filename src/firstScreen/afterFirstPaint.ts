// Imported first, it holds the page's own code back until the first screen is painted: running that code takes longer than a frame.
await new Promise<void>((resolve) => {
  // Where nothing of it is seen there is nothing to wait for: a hidden tab has no frames.
  if (document.hidden || document.documentElement.dataset.firstScreen === 'none') return resolve();
  document.addEventListener('visibilitychange', () => resolve(), { once: true });
  // What is posted from a frame's callback arrives after that frame was painted.
  requestAnimationFrame(() => setTimeout(resolve));
  // A frame out of view may have none for long.
  setTimeout(resolve, 3000);
});

export {};
