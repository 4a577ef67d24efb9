export { contractFiles, type JsonSchema, topicJsonSchemas } from './json-schema.ts';
export {
  acceptPurchaseMessage,
  acceptWebMessage,
  type Acceptance,
  checkPurchaseTimes,
  type EventMessage,
  isReplay,
  scanWebMessage,
} from './accept.ts';
export { findBreakingChanges } from './compatibility.ts';
export { addCustomTypes, type CustomTypeChange, type CustomTypes } from './custom-type-registry.ts';
export {
  checkCustomProperties,
  type CustomProperty,
  type CustomType,
  customTypeSchema,
  customTypesSchema,
} from './custom-type.ts';
export {
  DEAD_LETTER_KINDS,
  DEAD_LETTER_MAX_PAYLOAD_BYTES,
  type DeadLetter,
  type DeadLetterInput,
  type DeadLetterKind,
  encodeDeadLetter,
  makeDeadLetter,
  parseDeadLetter,
} from './dead-letter.ts';
export { encodePurchaseEvent, type PurchaseEventInput, purchaseMessageKey } from './encode-purchase-event.ts';
export { encodeWebEvent, type WebEventInput, webMessageKey } from './encode-web-event.ts';
export { type EventDigest, purchaseEventDigest, webEventDigest, webEventIdentity } from './event-digest.ts';
export { checkEventTime } from './event-time.ts';
export { jsonbText } from './jsonb-text.ts';
export {
  KPI_DEFINITIONS,
  type KpiDefinition,
  kpiDefinitions,
  type KpiGrain,
  type KpiName,
  type KpiUnit,
} from './kpi-definitions.ts';
export { type BuiltColumn, type BuiltNode, builtNodeSchema, type BuiltTest } from './lineage/built-node.ts';
export type { Lineage, LineageEdge, LineageNode, LineageType } from './lineage/graph.ts';
export { type LineageInput, lineageOf } from './lineage/lineage.ts';
export { DEFAULT_SOURCE, FUTURE_TOLERANCE_MS, LIMITS, SOURCE_PATTERN } from './limits.ts';
export { isJsonObject, type JsonObject, readMessageBody } from './message-body.ts';
export {
  compareOrderVersions,
  countProductLines,
  isLegalTransition,
  isValidStatus,
  netAmount,
  orderContribution,
  type OrderContribution,
  type OrderState,
  type OrderVersion,
  reduceOrder,
} from './order-state.ts';
export type { MetricDefinition, MetricGrain, MetricOwner, MetricUnit } from './metrics/metric-definition.ts';
export { liveSupersetMetrics, type LiveTable } from './metrics/live-exports.ts';
export { METRICS, metricsOfMart } from './metrics/metric-dictionary.ts';
export {
  type MetricField,
  metricFields,
  metricMarkdown,
  metricSeed,
  type SupersetMetric,
  supersetMetrics,
} from './metrics/metric-exports.ts';
export { parsePolicyRow } from './policy-row.ts';
export { parsePurchaseEvent } from './parse-purchase-event.ts';
export { parseWebEvent } from './parse-web-event.ts';
export { DEFAULT_POLICY, type MessageHeaders, missingPolicyVersion, type Policy, PolicyBook } from './policy.ts';
export {
  type AcceptedPurchaseEvent,
  DOCUMENT_KINDS,
  type DocumentKind,
  ORDER_STATUS_RANK,
  ORDER_STATUSES,
  type OrderStatus,
  PURCHASE_EVENT_SCHEMA_VERSION,
  type PurchaseEvent,
  type PurchaseItem,
} from './purchase-event.ts';
export {
  addTallies,
  EMPTY_TALLY,
  encodeReceipt,
  encodeReceiptBucket,
  type IdTally,
  parseReceipt,
  parseReceiptBucket,
  type Receipt,
  type ReceiptBucket,
  TallyBuilder,
  tallyDigests,
} from './receipt.ts';
export { type Rejection, REJECTION_CODES, type RejectionCode } from './rejection.ts';
export { isStorableText, normaliseId } from './text.ts';
export { parseTimestamp } from './timestamp.ts';
export {
  HEADERS,
  REPLAY_HEADER_VALUE,
  type TopicDefinition,
  topicDefinitions,
  type TopicName,
  type TopicOptions,
  TOPICS,
} from './topics.ts';
export { SCANNED, SCANNED_SCHEMA_VERSION, WebEventScanner } from './scan/web-event-scanner.ts';
export { type AcceptedWebEvent, WEB_EVENT_SCHEMA_VERSION, type WebEvent } from './web-event.ts';
export { BUILT_IN_EVENT_TYPES, type BuiltInEventType, WEB_EVENT_RULES } from './web-event-rules.ts';
export { STORED_WEB_EVENT_COLUMNS } from './stored-web-event.ts';
