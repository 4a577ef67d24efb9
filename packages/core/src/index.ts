export { assert, must, unreachable } from './assert.ts';
export { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, minuteStartMs, SECOND_MS, systemClock, utcDay } from './clock.ts';
export { EbbError, type EbbErrorOptions, errorMessage, isEbbError, toError } from './errors.ts';
export {
  formatMoney,
  isMoneyInRange,
  type Money,
  MONEY_SCALE,
  moneyFromNumber,
  parseMoney,
  timesQuantity,
} from './money.ts';
export { hashPassword, isPasswordHash, type PasswordHashErrorCode, verifyPassword } from './password-hash.ts';
export { SeededRandom } from './random.ts';
export { err, ok, type Result } from './result.ts';
export { backoffMs, retry, type RetryOptions, type RetryPolicy } from './retry.ts';
export { Signal } from './signal.ts';
export { sleep } from './sleep.ts';
export { uuidV5, uuidV7 } from './uuid.ts';
