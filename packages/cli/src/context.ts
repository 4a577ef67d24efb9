import { type Environment, hostEnvironment } from '@ebb/config';
import { COMPILE_CACHE } from './compile-cache.ts';
import { type StackHome, stackHome } from './stack/home.ts';

/** What every command starts from. */
export interface CommandContext {
  env: Environment;
  home: StackHome;
}

export function commandContext(): CommandContext {
  const env = { NODE_COMPILE_CACHE: COMPILE_CACHE, ...hostEnvironment() };
  return { env, home: stackHome(env) };
}
