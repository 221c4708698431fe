/** Words for the parts of a model that see or hear: in names of tensors, keys of config.json and names of stacks. */
const MEDIA = ['vision', 'visual', 'image', 'video', 'audio', 'speech'];
/** Words for other parts of one model. */
const SIDES = ['text', 'encoder', 'decoder'];
const FILES = ['language', 'qformer', 'prompt', 'mask'];
/** Words for models inside something larger, or copies of one. */
const MODELS = [
  ...[
    'tower',
    'generator',
    'discriminator',
    'student',
    'teacher',
    'ema',
    'shadow',
    'target',
    'ref',
    'critic',
  ],
  ...['value', 'reward', 'draft', 'adapter', 'clip', 'embedder', 'retriever', 'reader', 'query', 'context'],
  ...['passage', 'unet', 'vae'],
];

const MEDIA_WORD = new RegExp(MEDIA.join('|'), 'i');
const PART_WORD = new RegExp([...MEDIA, ...SIDES, ...MODELS].join('|'), 'i');
const PART_START = new RegExp(`^(?:${[...MEDIA, ...SIDES, ...FILES].join('|')})`);

/**
 * Returns whether a name is that of a part for images or sound, which has a config of its own beside the text's.
 */
export function isMediaPart(name: string): boolean {
  return MEDIA_WORD.test(name);
}

/**
 * Returns whether a path names a part of something larger (a tower, a teacher, a copy): what it holds isn't the
 * whole model.
 */
export function namesPart(path: string): boolean {
  return PART_WORD.test(path);
}

/**
 * Whether a name begins as a part's does: files of such tensors may be one model's, though no name of one is like
 * the other's.
 */
export function startsWithPart(name: string): boolean {
  return PART_START.test(name);
}

/** Where configs of larger models keep their language model's own. */
export const TEXT_SCOPES: readonly string[] = [
  'text_config',
  'llm_config',
  'language_config',
  'thinker_config.text_config',
];
