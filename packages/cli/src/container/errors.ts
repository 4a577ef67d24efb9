export type ContainerErrorCode = 'UNKNOWN_STEP' | 'SECRET_OWNERS_INVALID' | 'SECRETS_MISMATCH';
