import { EbbError } from '@ebb/core';

/**
 * Everything the models of contracts raise on purpose.
 *
 * - `EMPTY_TABLE`: no rows.
 * - `UNKNOWN_COLUMN`: the label, the identifier or a feature of the model is no column of the table.
 * - `BLANK_LABEL`: a row without a label.
 * - `NOT_TWO_CLASSES`: the label has more than two values and nobody said which one counts.
 * - `UNKNOWN_POSITIVE`: nobody said which value is churn and it cannot be told, or the value said is not there.
 * - `ONE_CLASS`: all rows have the same label.
 * - `TOO_FEW_ROWS`: fewer rows, or rows of a class, than the folds need.
 * - `REPEATED_CUSTOMER`: a customer stands in several rows, so that a fold would know the answer of another.
 * - `ONE_CUSTOMER`: there is nobody to compare with.
 * - `NO_FEATURES`: every column was left out.
 * - `BAD_FEATURE`: columns of unequal length, of another kind than the model's, or an infinite number.
 * - `BAD_ARGUMENT`: an option or argument outside of its range.
 * - `LEAKAGE`: rows or features that know what comes after the moment of prediction.
 */
export type ContractModelErrorCode =
  | 'EMPTY_TABLE'
  | 'UNKNOWN_COLUMN'
  | 'BLANK_LABEL'
  | 'NOT_TWO_CLASSES'
  | 'UNKNOWN_POSITIVE'
  | 'ONE_CLASS'
  | 'TOO_FEW_ROWS'
  | 'REPEATED_CUSTOMER'
  | 'ONE_CUSTOMER'
  | 'NO_FEATURES'
  | 'BAD_FEATURE'
  | 'BAD_ARGUMENT'
  | 'LEAKAGE';

export class ContractModelError extends EbbError<ContractModelErrorCode> {}
