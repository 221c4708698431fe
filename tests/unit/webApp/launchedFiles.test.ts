import { expect, it, vi } from 'vitest';
import type { LocalFile } from '../../../src/core/repos/index.ts';
import { type LaunchQueue, openLaunchedFiles } from '../../../src/webApp/launchedFiles.ts';

type Consumer = Parameters<LaunchQueue['setConsumer']>[0];

function launched(handles: readonly object[] | undefined) {
  const opened: (readonly LocalFile[])[] = [];
  const onError = vi.fn();
  let consume: Consumer = () => {};
  openLaunchedFiles({ setConsumer: (consumer) => (consume = consumer) }, (listing) => {
    listing.then((files) => opened.push(files), onError);
  });
  consume(handles === undefined ? {} : { files: handles as FileSystemHandle[] });
  return { opened, onError };
}

const handle = (name: string) => ({ kind: 'file', getFile: async () => new File(['{}'], name) });

it('opens all files of one launch together, under their names', async () => {
  const { opened } = launched([handle('model.gguf'), { kind: 'directory' }, handle('gpt2.qkscope.json')]);
  await vi.waitFor(() => expect(opened).toHaveLength(1));
  expect(opened[0]!.map(({ path }) => path)).toEqual(['model.gguf', 'gpt2.qkscope.json']);
});

it('opens none where the page was launched without files', async () => {
  const { opened } = launched(undefined);
  await vi.waitFor(() => expect(opened).toEqual([[]]));
});

it('passes on why a file can’t be read', async () => {
  const gone = new DOMException('gone', 'NotFoundError');
  const { opened, onError } = launched([{ kind: 'file', getFile: () => Promise.reject(gone) }]);
  await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(gone));
  expect(opened).toEqual([]);
});
