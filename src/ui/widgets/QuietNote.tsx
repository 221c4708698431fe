import { QUIET_SECONDS, type Quiet, SILENT_WORKER_SECONDS } from './quietText.ts';
import './quietNote.css';

interface QuietNoteProps {
  readonly quiet: Quiet;
  /** Says what is waited for (quietText.ts); null while that isn't long. */
  readonly say: (quiet: Quiet) => string | null;
}

/** Says what is waited for once nothing has come for a while; beside the words of a progress bar it takes their place. */
export function QuietNote({ quiet, say }: QuietNoteProps) {
  const text = say(quiet);
  if (text === null) return null;
  // Said once, not every second.
  const said = {
    seconds: QUIET_SECONDS,
    workerSeconds: Math.min(quiet.workerSeconds, SILENT_WORKER_SECONDS),
  };
  return (
    <>
      <span className="progress-waiting" title={text} aria-hidden="true">
        {text}
      </span>
      <span className="visually-hidden" role="status">
        {say(said)}
      </span>
    </>
  );
}
