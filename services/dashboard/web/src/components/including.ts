/** The list with the selected entry in it, known to the server or not; nothing selected adds nothing. */
export function including(entries: readonly string[], selected: string): readonly string[] {
  return selected === '' || entries.includes(selected) ? entries : [...entries, selected];
}
