export type ComposeErrorCode = 'COMMAND_FAILED' | 'UNKNOWN_GROUP' | 'HOST_NOT_READY';
