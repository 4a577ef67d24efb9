export const SERVICE_NAME = 'cdc-sink';
