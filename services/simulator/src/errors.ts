/** Everything this service raises on purpose; wrong arguments and settings are CONFIG_INVALID. */
export type SimulatorErrorCode =
  | 'FILE_UNREADABLE'
  | 'NO_HEADER'
  | 'SHIFT_IN_FUTURE'
  | 'DELIVERY_FAILED'
  | 'COLLECTOR_REFUSED'
  | 'CRM_OTHER_PLAN'
  | 'CRM_OTHER_WRITER'
  | 'CRM_WRITE_FAILED';
