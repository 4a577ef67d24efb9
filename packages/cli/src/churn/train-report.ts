import {
  type CrossValidation,
  crossValidateChurn,
  designNames,
  type FeatureEffect,
  featureEffects,
  type LabelledTable,
  readLabelledTable,
  trainChurnModel,
  type ChurnModel,
} from '@ebb/customer-models';
import type { TextTable } from '../tables/read-table.ts';

export interface ChurnTrainOptions {
  readonly label: string;
  readonly positive?: string;
  readonly id?: string;
  readonly folds: number;
  readonly seed: string;
}

/** Everything `ebb churn train --json` prints. */
export interface ChurnTrainReport {
  readonly rows: number;
  readonly label: { readonly column: string; readonly positive: string; readonly positives: number };
  readonly columns: { readonly numeric: readonly string[]; readonly categorical: readonly string[] };
  readonly leftOut: LabelledTable['leftOut'];
  readonly warnings: readonly string[];
  /** ROC AUC on each fold's held rows, and over the folds. */
  readonly auc: { readonly perFold: readonly number[]; readonly mean: number; readonly deviation: number };
  readonly folds: CrossValidation['folds'];
  /** Of all rows, each scored by the model that had not seen it. */
  readonly heldOut: CrossValidation['report'];
  /** Of the model of all rows. */
  readonly parameters: ReturnType<typeof parametersOf>;
  readonly effects: readonly FeatureEffect[];
  /** Held-out probability of each customer; `fold` counts from 1. */
  readonly scores: readonly CustomerScore[];
}

interface CustomerScore {
  readonly customer: string;
  readonly fold: number;
  readonly churned: boolean;
  readonly probability: number;
}

/** Cross-validates a churn model on a table, then trains one on all of it. Raises ContractModelError. */
export function trainReport(table: TextTable, options: ChurnTrainOptions): ChurnTrainReport {
  const { folds, seed, ...columns } = options;
  const read = readLabelledTable(table, columns);
  const { features, label } = read;
  const validation = crossValidateChurn(features, label.labels, { folds, seed });
  const model = trainChurnModel(features, label.labels, { seed });
  const namesOf = (kind: string): string[] => features.filter((one) => one.kind === kind).map(({ name }) => name);
  return {
    rows: table.rows.length,
    label: { column: label.column, positive: label.positive, positives: label.positives },
    columns: { numeric: namesOf('numeric'), categorical: namesOf('categorical') },
    leftOut: read.leftOut,
    warnings: read.warnings,
    auc: {
      perFold: validation.folds.map(({ rocAuc }) => rocAuc),
      mean: validation.meanAuc,
      deviation: validation.aucDeviation,
    },
    folds: validation.folds,
    heldOut: validation.report,
    parameters: parametersOf(model),
    effects: featureEffects(model, features),
    scores: scoresOf(read, validation),
  };
}

function parametersOf(model: ChurnModel) {
  const names = designNames(model.encoder);
  return {
    ...model.training,
    trees: model.trees.length,
    calibration: model.calibration,
    weights: model.weights.map((weight, index) => ({ name: names[index] ?? '', weight })),
  };
}

function scoresOf({ customers, label }: LabelledTable, validation: CrossValidation): CustomerScore[] {
  return customers.map((customer, row) => ({
    customer,
    fold: (validation.foldOfRow[row] ?? 0) + 1,
    churned: label.labels[row] === 1,
    probability: validation.probabilities[row] ?? 0,
  }));
}
