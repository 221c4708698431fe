import { expect, it } from 'vitest';
import { shortened } from '../../../../src/ui/collection/modelText.ts';

it('leaves out the middle of a name that is too long, and keeps the end that tells it from others', () => {
  expect(shortened('pythia-1.4b-deduped', 28)).toBe('pythia-1.4b-deduped');
  const [one, other] = ['11', '21'].map((end) => shortened(`bert-large-uncased-finetuned-squad-${end}`, 28));
  expect(one).toBe('bert-large-uncase…d-squad-11');
  expect(other).toMatch(/…d-squad-21$/);
});
