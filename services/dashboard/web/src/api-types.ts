/** The one door to the server's wire types; only types pass, so nothing of the server is bundled. */
export type {
  Freshness,
  LiveDelta,
  LiveSnapshot,
  LiveTick,
  LiveWindow,
  OrderMinutes,
  OrderTotals,
  WebMinutes,
  WebTotals,
} from '../../src/api/live-schema.ts';
export type { Kpi, Options, SourceOption } from '../../src/api/options-schema.ts';
export type { AccessInfo } from '../../src/api/access-schema.ts';
export type { ApiError } from '../../src/api/error-schema.ts';
export type { Hop, Hops } from '../../src/api/hops-schema.ts';
export type { MetricValue, MetricValues } from '../../src/api/fields.ts';
export type { Metric, Metrics } from '../../src/api/metrics-schema.ts';
export type { BuildAttempt, PublicationInfo, ReportHead } from '../../src/api/report-schema.ts';
export type {
  BridgeStep,
  Change,
  ComparedFigure,
  LiveVsBatch,
  Overview,
  ReportSource,
  RetailOverview,
  SegmentShare,
} from '../../src/api/overview-schema.ts';
export type {
  Bin,
  ClusterKind,
  KRow,
  Migration,
  Segment,
  SegmentClusters,
  SegmentCustomer,
  SegmentCustomers,
  SegmentDistributions,
  SegmentPoints,
  SegmentSort,
  SegmentsReport,
} from '../../src/api/segments-schema.ts';
export type {
  Analysis,
  BackTest,
  Bank,
  CalibrationBin,
  CellUnit,
  Churn,
  ClusterValue,
  Lift,
  Risk,
  Risks,
} from '../../src/api/churn-schema.ts';
export type {
  ChurnScore,
  Customer,
  CustomerEvent,
  CustomerOrder,
  Customers,
  CustomerValue,
  Membership,
  Profile,
  Reason,
  Ticket,
} from '../../src/api/customers-schema.ts';
export type {
  Drop,
  Drops,
  Funnel,
  FunnelPart,
  FunnelSplit,
  FunnelStep,
  Retention,
  RetentionCell,
} from '../../src/api/funnel-schema.ts';
export type {
  DayCounts,
  DeadLetter,
  DeadLetters,
  FileRecord,
  Files,
  Layer,
  Quality,
  Quarantine,
  Quarantined,
  RuleResult,
} from '../../src/api/quality-schema.ts';
export type {
  LineageDetail,
  LineageNodeInfo,
  LineageReport,
  NodeColumn,
  NodeTest,
} from '../../src/api/lineage-schema.ts';
export type {
  EventContract,
  LandedContract,
  MartContract,
  MartsContract,
  TableContract,
} from '../../src/api/contract-schema.ts';
export type { About } from '../../src/api/about-schema.ts';
export type {
  Build,
  Builds,
  BuiltModel,
  BuiltModels,
  CapturedTable,
  Condition,
  Finding,
  Findings,
  FindingState,
  Job,
  Jobs,
  LearnedModel,
  LearnedModels,
  Ledger,
  LedgerCoverage,
  LedgerCycle,
  Pipeline,
  Slot,
} from '../../src/api/pipeline-schema.ts';
export type { Recent, RecentEvent, RecentKind } from '../../src/api/recent-schema.ts';
export type { Trace, Traces, TraceStep } from '../../src/api/trace-schema.ts';
