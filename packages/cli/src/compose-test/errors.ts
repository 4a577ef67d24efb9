export type ComposeTestErrorCode = 'ENGINE_MISSING' | 'CHECK_FAILED' | 'NOT_READY';
