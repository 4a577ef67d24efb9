/** A part of a table that is checked at once. */
export interface WorkUnit {
  readonly table: string;
  readonly range: string;
  /** When both engines were last found equal in it; null for never. */
  readonly verifiedAtMs: number | null;
  /** What the last check of it took, else an estimate, s. */
  readonly seconds: number;
  /**
   * `suspicious`: something was changed or deleted where nothing should be. `changed`: something was added since.
   * `quiet`: no sign of any change.
   */
  readonly state: 'suspicious' | 'changed' | 'quiet';
}

/** Share of the budget that goes to what was not looked at for longest, whatever else is going on. */
const SHARE_OF_OLDEST = 0.3;

const URGENCY: Readonly<Record<WorkUnit['state'], number>> = { suspicious: 0, changed: 1, quiet: 2 };

/**
 * What to check now with so much time of the engines: first what looks wrong, then what changed, and always something of
 * what was not verified for longest, so that a full sweep comes round. Suspicious ones all of them, whatever they take.
 */
export function chooseWork<Unit extends WorkUnit>(units: readonly Unit[], budgetSeconds: number): Unit[] {
  const byAge = units.toSorted((a, b) => (a.verifiedAtMs ?? 0) - (b.verifiedAtMs ?? 0));
  const byUrgency = byAge.toSorted((a, b) => URGENCY[a.state] - URGENCY[b.state]);
  const chosen = new Set<Unit>();
  let left = budgetSeconds;
  const take = (unit: Unit): void => {
    chosen.add(unit);
    left -= unit.seconds;
  };
  for (const unit of byUrgency) if (unit.state === 'suspicious') take(unit);
  // One of them even where it takes more than there is: its turn would never come otherwise.
  const oldest = byAge.find((unit) => !chosen.has(unit));
  const floor = left - Math.max(0, Math.min(left, budgetSeconds * SHARE_OF_OLDEST));
  if (oldest !== undefined && left > 0) take(oldest);
  for (const unit of byAge) if (!chosen.has(unit) && left - unit.seconds >= floor) take(unit);
  for (const unit of byUrgency) if (!chosen.has(unit) && left - unit.seconds >= 0) take(unit);
  return [...chosen];
}
