import { describe, expect, it } from 'vitest';
import { openLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import type { LocalFile } from '../../../../src/core/repos/repo.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { filesBelow, fixture } from '../../../support/localFiles.ts';
import { f32, safetensorsBytes } from '../../../support/safetensorsBytes.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const file = (path: string, content: string | Uint8Array = ''): LocalFile => ({
  path,
  blob: new Blob([content as BlobPart]),
});
const weights = safetensorsBytes([{ name: 'w', dtype: 'F32', shape: [1], data: f32([1]) }]);

describe('a hub’s local cache folder', () => {
  it('takes the snapshot of refs/main under the repository’s name, and lists others', async () => {
    const repo = await openLocalRepo([
      file(`hub/models--o--m/snapshots/${A}/model.safetensors`, weights),
      file(`hub/models--o--m/snapshots/${B}/model.safetensors`, weights),
      file(`hub/models--o--m/snapshots/${B}/config.json`, '{}'),
      file('hub/models--o--m/refs/main', `${B}\n`),
      file(`hub/models--o--m/blobs/${'c'.repeat(64)}`, weights),
      file(`hub/models--o--m/.no_exist/${B}/adapter_config.json`),
    ]);
    expect(repo).toMatchObject({ identity: { id: 'o/m' }, paths: ['model.safetensors', 'config.json'] });
    expect(repo.identity.notes.join()).toMatch(
      /2 snapshots\. bbbbbbbbbbbb, to which refs\/main points.*aaaaaaaaaaaa/,
    );
  });

  it('is recognised by its inside alone', async () => {
    const repo = await openLocalRepo([
      file(`snapshots/${A}/model.safetensors`, weights),
      file('refs/main', A),
    ]);
    expect(repo.chosen.files).toEqual(['model.safetensors']);
  });

  it('has its blobs read by content, with their config, where links aren’t followed', async () => {
    const repo = await openLocalRepo([
      file(`models--o--m/blobs/${'c'.repeat(64)}`, weights),
      file(`models--o--m/blobs/${'d'.repeat(40)}`, '{"model_type": "llama"}'),
      file(`models--o--m/blobs/${'e'.repeat(40)}`, '# A model card'),
      file('models--o--m/refs/main', A),
    ]);
    expect(repo.paths).toEqual(['cccccccccccc.safetensors', 'config.json']);
    expect(repo.identity.notes.join()).toMatch(/cache folder for o\/m.*by their content/);
  });

  it('offers several cached models', async () => {
    const repo = await openLocalRepo([
      file(`hub/models--o--one/snapshots/${A}/model.safetensors`, weights),
      file(`hub/models--o--two/snapshots/${B}/model.safetensors`, weights),
    ]);
    expect(repo.weightSets.map(({ set }) => set.id)).toEqual([
      'one/model.safetensors',
      'two/model.safetensors',
    ]);
  });

  it('is refused without weights', async () => {
    await expect(openLocalRepo([file('models--o--m/refs/main', A)])).rejects.toThrow(
      /cache folder for o\/m, and there are no weights/,
    );
  });

  it('is asked about in the reported case without a config', async () => {
    const events = await analyseLocal(filesBelow(fixture('reported', 'hf-cache-folder')));
    expect(lastOf(events, 'question').question).toMatchObject({ kind: 'heads', qRows: 16, layers: 1 });
  });
});
