import type { JSX } from 'preact';
import type { SearchChange } from '../../report/use-search.ts';
import { nodePath } from './lineage-choice.ts';

/** Chooses a node; as a link it can also be opened beside or copied. */
export function NodeLink(props: { id: string; name: string; change: (change: SearchChange) => void }): JSX.Element {
  const { id, name, change } = props;
  const onClick = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    change({ node: id });
  };
  return (
    <a href={nodePath(id)} onClick={onClick}>
      {name}
    </a>
  );
}
