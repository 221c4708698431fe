/** How a part of the page whose code is fetched stands; what is late is shown all the same when it comes. */
export type LoadingStatus = 'waiting' | 'slow' | 'late' | 'there' | 'failed';

/** What comes sooner isn't worth a word, ms. */
const SLOW_MS = 3000;
/** After so long something is wrong, ms. */
const LATE_MS = 30_000;

/** Reports how far the fetching of code is, until it has ended. Returns a function that ends the reports. */
export function watchLoading(loading: Promise<unknown>, report: (status: LoadingStatus) => void): () => void {
  let isOver = false;
  const timers = [setTimeout(report, SLOW_MS, 'slow'), setTimeout(report, LATE_MS, 'late')];
  const stop = () => {
    isOver = true;
    for (const timer of timers) clearTimeout(timer);
  };
  const end = (status: LoadingStatus) => () => {
    if (isOver) return;
    stop();
    report(status);
  };
  loading.then(end('there'), end('failed'));
  return stop;
}
