import { QuietNote } from './QuietNote.tsx';
import { quietText } from './quietText.ts';
import { useQuiet } from './useQuiet.ts';

interface WorkWaitingProps {
  /** Changes whenever something comes. */
  readonly news: string;
  /** As in "Waiting for …, for 5 s.": who is to give what. */
  readonly what: string;
  /** The control that ends the work. */
  readonly wayOn?: string;
  readonly asksWorker?: boolean;
}

/** Says what the background worker’s work waits for, once nothing has come of it for a while. */
export function WorkWaiting({ news, what, wayOn, asksWorker }: WorkWaitingProps) {
  const quiet = useQuiet(news, asksWorker);
  return <QuietNote quiet={quiet} say={(now) => quietText(what, now, wayOn)} />;
}
