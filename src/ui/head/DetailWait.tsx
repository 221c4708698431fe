import type { HeadDetail } from '../../core/inspection/index.ts';
import { useAppState } from '../appContext.ts';
import { weightsAgain } from '../waitNames.ts';
import { WorkWaiting } from '../widgets/WorkWaiting.tsx';

/** What the pinned head's detail waits for, of the first model whose detail isn't whole. */
export function DetailWait() {
  const details = useAppState((state) => state.headDetails);
  const models = useAppState((state) => state.models);
  const hubUrl = useAppState((state) => state.settings.hubUrl);
  const at = details.findIndex(({ status }) => status === 'running');
  const [detail, model] = [details[at], models[at]];
  if (detail === undefined || model === undefined) return null;
  return (
    <p className="detail-wait">
      <WorkWaiting
        news={`${detail.key} ${partsOf(detail.detail)}`}
        what={weightsAgain(model, hubUrl)}
        wayOn="Unpin it: that"
      />
    </p>
  );
}

/** How many parts of a detail are there: they come one after the other. */
function partsOf(detail: HeadDetail | null): number {
  return detail === null ? 0 : Object.values(detail).filter((part) => part !== null).length;
}
