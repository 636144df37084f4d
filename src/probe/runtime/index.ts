export { type DetectedRuntime, detectRuntime } from './detect.ts';
export { type StateFolder, stateFolders } from './folders.ts';
export {
  type ContainerInit,
  type Problem,
  presetOf,
  type RuntimeDeps,
  type RuntimeName,
  type RuntimePreset,
  runtimeNames,
} from './preset.ts';
export { realStateReader, type StateReader } from './reader.ts';
