import type { ModelState, ScoresOrigin } from '../../state/modelState.ts';
import { matchingFile, originText } from '../../state/scoresOrigin.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { AwaitingNotice } from './AwaitingNotice.tsx';
import { dayText } from './dayText.ts';
import { Recompute } from './Recompute.tsx';

interface ScoresOriginNoticeProps {
  readonly model: ModelState;
  readonly index: number;
}

/** Says that scores came without weights, and how they are computed again; or whether the opened file is the expected one. */
export function ScoresOriginNotice({ model, index }: ScoresOriginNoticeProps) {
  if (model.status === 'awaiting') return <AwaitingNotice model={model} index={index} />;
  return model.origin === null ? (
    <FileCheck model={model} />
  ) : (
    <WithoutWeights origin={model.origin} model={model} index={index} />
  );
}

/** What is off without weights. */
const NEEDS_WEIGHTS =
  'A head’s details, whole layers, directionality, other conventions and new times need the weights, and are off until then.';

/** What a figure brings stands in the message: addresses in a hint can be followed. */
function WithoutWeights({
  model,
  index,
  origin,
}: ScoresOriginNoticeProps & { readonly origin: ScoresOrigin }) {
  const actions = useActions();
  const { result, choice } = model;
  // An entry says itself what is known of its making.
  const when =
    result === null || origin.kind === 'gallery'
      ? ''
      : ` They were computed on ${dayText(result.createdAt)}.`;
  const now = origin.kind === 'browser' ? 'nothing was read now' : 'nothing was computed here';
  const message = `These scores are ${originText(origin)}; ${now}.${roundingText(origin)}${when}`;
  if (choice.kind === 'local')
    return <Notice kind="info" message={`${message} ${localText(model)}`} hint={NEEDS_WEIGHTS} />;
  if (origin.kind === 'figure')
    return (
      <Notice
        kind="info"
        message={`${message} “Recompute” beside the title reads the weights.`}
        hint={NEEDS_WEIGHTS}
      />
    );
  return (
    <Notice kind="info" message={message} hint={NEEDS_WEIGHTS}>
      {choice.kind === 'hub' ? (
        <Recompute index={index} />
      ) : (
        <Button onClick={() => actions.models.retry(index)}>Recompute</Button>
      )}
    </Notice>
  );
}

function roundingText(origin: ScoresOrigin): string {
  if (origin.kind !== 'link') return '';
  const [step, most] = [origin.step, origin.step / 2].map((value) => Number(value.toPrecision(3)));
  return ` They are rounded to steps of ${step}: each s is within ±${most}.`;
}

function localText({ model }: ModelState): string {
  return model?.fingerprint
    ? `To recompute them, drop the model’s file (${model.id}) or choose it above: its fingerprint ${short(model.fingerprint)} tells whether it is the same.`
    : 'To recompute them, drop the model’s file or choose it above; no fingerprint was kept to tell whether it is the same.';
}

/** Whether a local file is one whose scores stood on the page. */
function FileCheck({ model }: { readonly model: ModelState }) {
  const { expectedFiles, model: info } = model;
  const [first] = expectedFiles;
  if (first === undefined || info === null) return null;
  const match = matchingFile(model);
  if (match !== null)
    return (
      <Notice
        kind="info"
        message={`This is the file whose scores were shown, or that the link names: its fingerprint is ${short(match.fingerprint)} too. They are computed from its weights now.`}
      />
    );
  const wanted = expectedFiles.map(({ fingerprint }) => short(fingerprint)).join(' or ');
  return info.fingerprint === null ? (
    <Notice
      kind="warning"
      message="Whether this is the file whose scores were shown can’t be told: fingerprints need a page served over https."
    />
  ) : (
    <Notice
      kind="warning"
      message={`This isn’t the file whose scores were shown, or that the link names: its fingerprint is ${short(info.fingerprint)}, that one’s is ${wanted}. That one is ${first.name}; what is shown now is computed from this file.`}
    />
  );
}

function short(fingerprint: string): string {
  return fingerprint.slice(0, 8);
}
