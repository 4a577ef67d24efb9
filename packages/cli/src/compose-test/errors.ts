export type ComposeTestErrorCode = 'ENGINE_MISSING' | 'COMMAND_FAILED' | 'CHECK_FAILED' | 'NOT_READY';
