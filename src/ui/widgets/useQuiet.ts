import { useEffect, useState } from 'react';
import { useActions } from '../appContext.ts';
import { QUIET_SECONDS, type Quiet } from './quietText.ts';

const NOT_QUIET: Quiet = { seconds: 0, workerSeconds: 0 };

/**
 * How long nothing has come of some work, looked at every second.
 * @param news changes whenever something comes
 * @param asksWorker asks the background worker meanwhile whether it is there; not while it takes times, which that would disturb
 */
export function useQuiet(news: string, asksWorker = true): Quiet {
  const { models } = useActions();
  const [quiet, setQuiet] = useState({ news, ...NOT_QUIET });
  useEffect(() => {
    const began = performance.now();
    const secondsSince = (time: number) => Math.round((performance.now() - time) / 1000);
    let askedAt: number | null = null;
    const answered = () => {
      askedAt = null;
    };
    const timer = setInterval(() => {
      const seconds = secondsSince(began);
      setQuiet({ news, seconds, workerSeconds: askedAt === null ? 0 : secondsSince(askedAt) });
      if (!asksWorker || seconds < QUIET_SECONDS || askedAt !== null) return;
      askedAt = performance.now();
      // Where the worker is lost, what was asked of it fails in words of its own.
      models.workerAnswers().then(answered, answered);
    }, 1000);
    return () => clearInterval(timer);
  }, [models, news, asksWorker]);
  return quiet.news === news ? quiet : NOT_QUIET;
}
