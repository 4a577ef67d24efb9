export { CustomerModelError, type CustomerModelErrorCode } from './errors.ts';

// Purchases: shops, where customers leave without saying so.
export {
  type BgNbdFit,
  type BgNbdParameters,
  type BgNbdVariant,
  fitBgNbd,
  fitLikelierBgNbd,
} from './purchases/bg-nbd.ts';
export {
  expectedPurchases,
  type History,
  probabilityAlive,
  repeatDistribution,
} from './purchases/bg-nbd-predictions.ts';
export { parseCdnow } from './purchases/cdnow-format.ts';
export { customerValues, type CustomerValues, type ValueOptions } from './purchases/customer-value.ts';
export { checkFit, type FitCheck, POOR_FIT } from './purchases/fit-check.ts';
export {
  expectedSpend,
  fitGammaGamma,
  type GammaGammaFit,
  type GammaGammaParameters,
  type SpendRows,
} from './purchases/gamma-gamma.ts';
export { type HoldoutGroup, type HoldoutReport, holdoutReport } from './purchases/hold-out.ts';
export { type Estimate, INTERVAL_LEVEL } from './purchases/maximum-likelihood.ts';
export {
  dayText,
  type HistoryOptions,
  type LeftOut,
  type Purchase,
  purchaseHistories,
  type PurchaseHistories,
  type RecencyRows,
} from './purchases/purchase-histories.ts';
export { type HistogramBin, type RepeatHistogram, repeatHistogram } from './purchases/repeat-histogram.ts';
export { type LatentCustomer, simulateRows, type SimulatedRows } from './purchases/simulated/simulated-rows.ts';
export { type TrackedPeriod, type Tracking, trackPurchases } from './purchases/tracking.ts';

// Contracts: customers who leave by cancelling, so that the past has labels.
export {
  churnPerPart,
  contractualValue,
  type ContractualValueOptions,
  valueOfSurvival,
} from './contract/contractual-value.ts';
export { ContractModelError, type ContractModelErrorCode } from './contract/errors.ts';
export { type LeftOutColumn, type LeftOutReason } from './contract/features/column-kinds.ts';
export { designNames } from './contract/features/design-names.ts';
export {
  type CategoricalColumn,
  type FeatureColumn,
  type NumericColumn,
  selectRows,
} from './contract/features/feature-columns.ts';
export { type Label } from './contract/features/label.ts';
export {
  type LabelledTable,
  type LabelledTableOptions,
  readLabelledTable,
} from './contract/features/labelled-table.ts';
export { type TextTable } from './contract/features/text-table.ts';
export {
  type CalibrationBin,
  calibrationCurve,
  type CalibrationOptions,
  expectedCalibrationError,
} from './contract/metrics/calibration.ts';
export { brierScore, logLoss } from './contract/metrics/losses.ts';
export { baseRate, type LiftRow, liftTable, prAuc, rocAuc } from './contract/metrics/ranking.ts';
export { type ScoreReport, scoreReport } from './contract/metrics/report.ts';
export { type ScoredRows } from './contract/metrics/scored-rows.ts';
export { CHURN_MODEL_VERSION, type ChurnModel, scoreChurn, type TrainingRecord } from './contract/model/churn-model.ts';
export {
  churnContributions,
  type Contributions,
  explainChurn,
  type ExplainedScore,
  type Reason,
} from './contract/model/contributions.ts';
export {
  type CrossValidation,
  type CrossValidationOptions,
  crossValidateChurn,
  type FoldResult,
} from './contract/model/cross-validate.ts';
export { type EffectPart, type FeatureEffect, featureEffects } from './contract/model/feature-effects.ts';
export { type Fold, stratifiedFolds } from './contract/model/folds.ts';
export { trainChurnModel, type TrainOptions } from './contract/model/train.ts';
export { simulateContracts, type SimulatedTable } from './contract/simulated/simulated-contracts.ts';
export { type DatedColumn, type DatedValue, featuresAsOf, refuseFutureFeatures } from './contract/time/as-of.ts';
export {
  refuseLeakySplit,
  type Snapshot,
  splitByTime,
  type TemporalCut,
  type TemporalSplit,
} from './contract/time/temporal-split.ts';
