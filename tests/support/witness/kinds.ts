import {
  brokenConfigKind,
  missingConfigKind,
  nestedConfigKind,
  noTypeKind,
  otherFolderKind,
  pythonConfigKind,
  renamedConfigKind,
  sidecarKind,
  unknownTypeKind,
  wrongTypeKind,
} from './kinds/configs.ts';
import { partAloneKind, partsKind, shardsKind, staleIndexKind, twoFilesKind } from './kinds/fileSets.ts';
import { missingLayerKind, prunedKind, renumberedKind } from './kinds/layers.ts';
import {
  doubledPrefixKind,
  mixtureKind,
  outerPathKind,
  twoInOneFileKind,
  wrapperKind,
} from './kinds/names.ts';
import {
  depthKind,
  headDimKind,
  headsKind,
  keyHeadsKind,
  unusableHeadsKind,
  unusableKeyHeadsKind,
  unusableSizesKind,
  widthKind,
} from './kinds/numbers.ts';
import { adapterKind, dtypeKind } from './kinds/values.ts';
import type { Kind } from './variant.ts';

export const KINDS: readonly Kind[] = [
  widthKind,
  depthKind,
  headsKind,
  keyHeadsKind,
  headDimKind,
  unusableHeadsKind,
  unusableKeyHeadsKind,
  unusableSizesKind,
  missingConfigKind,
  brokenConfigKind,
  pythonConfigKind,
  renamedConfigKind,
  wrongTypeKind,
  unknownTypeKind,
  noTypeKind,
  nestedConfigKind,
  otherFolderKind,
  sidecarKind,
  wrapperKind,
  outerPathKind,
  twoInOneFileKind,
  mixtureKind,
  doubledPrefixKind,
  twoFilesKind,
  shardsKind,
  staleIndexKind,
  partsKind,
  partAloneKind,
  missingLayerKind,
  renumberedKind,
  prunedKind,
  dtypeKind,
  adapterKind,
];
