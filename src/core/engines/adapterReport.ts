/** Whether WebGPU can be used here, and on what; or why not. */
export interface AdapterReport {
  readonly available: boolean;
  /** True for an adapter that computes on the CPU (SwiftShader, WARP): WASM is many times faster there. */
  readonly isSoftware: boolean;
  /** The adapter's name, or the reason there is none. */
  readonly detail: string;
}
