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
