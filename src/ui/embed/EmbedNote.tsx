import type { ModelState } from '../../state/modelState.ts';
import { AwaitingNotice } from '../models/AwaitingNotice.tsx';
import { TryAgain } from '../models/Stopped.tsx';
import { Notice } from '../widgets/Notice.tsx';

interface EmbedNoteProps {
  readonly model: ModelState;
  readonly index: number;
}

/** What must be said of a model where only its map is shown: what it waits for, or why there is none. */
export function EmbedNote({ model, index }: EmbedNoteProps) {
  const { status, choice, error, question, requestLabel } = model;
  const inFull = 'Open it in QKScope, by the link below.';
  if (status === 'failed' && error !== null)
    return (
      <Notice kind="error" message={error.message} where={error.where} hint={error.hint}>
        <TryAgain model={model} index={index} />
      </Notice>
    );
  if (status === 'question' && question !== null)
    return (
      <Notice
        kind="info"
        message={`${requestLabel} doesn’t say how its attention heads are laid out, and only a person can.`}
        hint={inFull}
      />
    );
  if (status !== 'awaiting') return null;
  if (choice.kind === 'local')
    return (
      <Notice
        kind="info"
        message={`This map is of ${requestLabel}, a file that never left its machine, and the link doesn’t hold its scores.`}
        hint={`${inFull} There the file can be dropped.`}
      />
    );
  return <AwaitingNotice model={model} index={index} />;
}
