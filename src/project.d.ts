/** package.json's version, put in by Vite's `define`. */
declare const __APP_VERSION__: string;
/** package.json's homepage, the page's public address; '' while there is none. */
declare const __APP_ADDRESS__: string;
/** package.json's repository; '' while there is none. */
declare const __APP_SOURCE__: string;

/** What an exported page holds beside its values: scripts/mapFilePlugin.js. */
declare module 'virtual:map-file' {
  export const script: string;
  export const style: string;
  /** The hashes of both, as sources of a Content-Security-Policy. */
  export const scriptSource: string;
  export const styleSource: string;
}

/** The widget's style, put in by scripts/buildWidget.js once it is known. */
declare const __WIDGET_STYLE__: string;
