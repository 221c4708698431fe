import { useEffect, useState } from 'react';
import type { LocalFile } from '../../core/repos/index.ts';
import { droppedFiles } from './droppedFiles.ts';

interface DropTargetProps {
  /** A folder may take a while to be listed. */
  readonly onDrop: (listing: Promise<LocalFile[]>) => void;
}

/** The whole page takes files and folders. Draws nothing until something is dragged over it. */
export function DropTarget({ onDrop: open }: DropTargetProps) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Entering a child comes before leaving its parent: count, or the overlay flickers.
    let depth = 0;
    const show = (change: number) => {
      depth = Math.max(0, depth + change);
      setOver(depth > 0);
    };
    const onEnter = (event: DragEvent) => hasFiles(event) && show(1);
    const onLeave = (event: DragEvent) => hasFiles(event) && show(-1);
    const onOver = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      show(Number.NEGATIVE_INFINITY);
      open(droppedFiles(event.dataTransfer));
    };
    window.addEventListener('dragenter', onEnter);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('dragover', onOver);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragenter', onEnter);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('drop', onDrop);
    };
  }, [open]);
  if (!over) return null;
  return (
    <div className="drop-overlay">
      <p>
        <b>Drop a model’s files, or a folder that holds them</b>
        <br />
        with its config.json, if there is one; or a figure or JSON that QKScope exported. Files never leave
        your machine.
      </p>
    </div>
  );
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
