import type { JSX } from 'preact';
import type { Pipeline } from '../../api-types.ts';
import { HopsSection } from '../../components/hops-section.tsx';
import { useNow } from '../../hooks.ts';
import { useReport } from '../../report/use-report.ts';
import { useSearch } from '../../report/use-search.ts';
import { BuildsSection } from './builds-section.tsx';
import { CaptureSection } from './capture-section.tsx';
import { ConditionsSection } from './conditions-section.tsx';
import { JobsSection } from './jobs-section.tsx';
import { LearnedSection } from './learned-section.tsx';
import { LedgerSection } from './ledger-section.tsx';
import { ModelsSection } from './models-section.tsx';
import { readPipelineChoice } from './pipeline-choice.ts';
import { TraceSection } from './trace-section.tsx';

/** How often what moves is looked at while somebody reads. */
const WATCHED_MS = 5_000;

/** What moves from the event to the published figure, what waits, what failed, and the way of single rows. */
export function PipelinePage(): JSX.Element {
  const [search, change] = useSearch();
  const choice = readPipelineChoice(search);
  const pipeline = useReport<Pipeline>('/api/pipeline', WATCHED_MS);
  const own = { choice, change };
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Pipeline</h1>
          <p>From the event to the published figure: what moves, what waits, what failed. Times are in UTC.</p>
        </div>
        <div class="controls">
          <button type="button" class="button" disabled={pipeline.isLoading} onClick={pipeline.refresh}>
            Refresh
          </button>
        </div>
      </div>
      <ConditionsSection report={pipeline} />
      <HopsNow clockOffsetMs={pipeline.clockOffsetMs} />
      <TraceSection {...own} />
      <CaptureSection report={pipeline} />
      <LedgerSection {...own} />
      <JobsSection {...own} />
      <BuildsSection {...own} />
      <ModelsSection {...own} />
      <LearnedSection {...own} />
    </>
  );
}

/** By itself: it alone is drawn every second. */
function HopsNow({ clockOffsetMs }: { clockOffsetMs: number }): JSX.Element {
  return <HopsSection title="Hops" nowMs={useNow() + clockOffsetMs} />;
}
