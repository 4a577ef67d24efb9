/** In the data directory: a random name that the server also tells at `/instance`. */
export const INSTANCE_FILE = 'instance-id';
