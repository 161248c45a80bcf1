/** The command was called in a way it does not understand: exit code 2. The message says which way it does. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}
