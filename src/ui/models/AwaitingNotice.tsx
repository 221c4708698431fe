import { formatBytes } from '../../figures/format.ts';
import type { ModelState } from '../../state/modelState.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';

interface AwaitingNoticeProps {
  readonly model: ModelState;
  readonly index: number;
}

/** Says what a model that came by a link waits for: a click that says its bytes, or its file. */
export function AwaitingNotice({ model, index }: AwaitingNoticeProps) {
  const actions = useActions();
  const { bytes, choice, expectedFiles } = model;
  const [expected] = expectedFiles;
  if (choice.kind === 'local')
    return (
      <Notice
        kind="info"
        message={`This link is to ${expected?.name ?? 'a local file'}, which never left the machine that it was opened on. Drop it to go on.`}
        hint={`Drop the file on the page, or choose it above. Its fingerprint, ${expected?.fingerprint.slice(0, 8) ?? ''}, tells whether it is the same; its scores come with a link that holds them, or with a PNG or JSON.`}
      />
    );
  if (bytes === null) return null;
  return (
    <Notice
      kind="info"
      message={`This model was opened by a link. Only its headers were read: ${formatBytes(bytes.read)} of ${formatBytes(bytes.file)}.`}
    >
      <Button kind="primary" onClick={() => actions.models.readWeights(index)}>
        Read {formatBytes(bytes.planned - bytes.read)} and score
      </Button>
    </Notice>
  );
}
