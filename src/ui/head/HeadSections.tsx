import { formatBytes, formatMagnitude, formatScore, formatSignificant } from '../../figures/format.ts';
import type { HeadRef } from '../../figures/heatmapView.ts';
import { metricFor } from '../../figures/metric.ts';
import { headValue } from '../../figures/metricValues.ts';
import { HEAD_SECTIONS, type HeadSectionId } from '../../state/settings.ts';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { HeadSection } from './HeadSection.tsx';
import { detailSummary, type SectionProps } from './sections/headModel.ts';
import { pText } from './sections/headNumbers.ts';
import { SectionContent } from './sections/SectionContent.tsx';

/** What is known of a head by its scores alone. */
const SCORED: readonly HeadSectionId[] = ['energy', 'provenance'];

const TITLES: Readonly<Record<HeadSectionId, string>> = {
  energy: 'Energy',
  eigenvalues: 'Eigenvalues',
  singular: 'Singular values',
  chance: 'Against chance',
  matrices: 'A, B and C',
  partners: 'Transpose partners',
  rope: 'Over the RoPE offset',
  provenance: 'Where it came from',
};

/** The sections of the pinned head. */
export function HeadSections(props: SectionProps) {
  const open = useAppState((state) => state.settings.headSections);
  const { settings, selection } = useActions();
  const toggle = (id: HeadSectionId) =>
    settings.set({ headSections: open.includes(id) ? open.filter((other) => other !== id) : [...open, id] });
  const inspected = props.models.filter(({ hasWeights = true }) => hasWeights);
  const unread = props.models.find(({ unreadBytes }) => unreadBytes !== undefined)?.unreadBytes;
  const shown = inspected.length > 0 ? HEAD_SECTIONS : SCORED;
  return (
    <div className="head-sections">
      {shown.map((id) => (
        <HeadSection
          key={id}
          title={TITLES[id]}
          summary={summaryOf(id, props)}
          open={open.includes(id)}
          onToggle={() => toggle(id)}
        >
          <SectionContent id={id} {...props} models={SCORED.includes(id) ? props.models : inspected} />
        </HeadSection>
      ))}
      {inspected.length < props.models.length && (
        <p className="quiet">
          {inspected.length === 0 ? '' : 'Of one model only: '}
          Spectrum, matrices and partners are computed from weights, which{' '}
          {unread === undefined ? 'don’t come with these scores.' : 'weren’t read yet.'}
        </p>
      )}
      {unread !== undefined && (
        <Button onClick={() => selection.pin(props.head)}>Read its layer, {formatBytes(unread)}</Button>
      )}
    </div>
  );
}

/** The one number of a section, for while it is closed. */
function summaryOf(id: HeadSectionId, { models, head }: SectionProps): string | undefined {
  switch (id) {
    case 'energy':
      return energySummary(models, head);
    case 'eigenvalues':
      return detailSummary(models, ({ traceM }) =>
        traceM === null ? null : `tr M ${formatMagnitude(traceM)}`,
      );
    case 'singular':
      return detailSummary(models, ({ effectiveRank, dHead }) =>
        effectiveRank === null ? null : `effective rank ${formatSignificant(effectiveRank)} of ${dHead}`,
      );
    case 'chance':
      return detailSummary(models, ({ pValue }) => pValue && `p ${pText(pValue)}`);
    default:
      return undefined;
  }
}

function energySummary([only, second]: SectionProps['models'], head: HeadRef): string | undefined {
  const r = only === undefined || second !== undefined ? null : headValue(only.view, head, metricFor('r'));
  return r === null ? undefined : `${formatScore(r)} symmetric`;
}
