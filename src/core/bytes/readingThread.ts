/**
 * A file that a thread can be sent: one that the user picked, or one of the browser's private file system, which is
 * read whole.
 */
export type SentFile = Blob | FileSystemFileHandle;

/** What a reading thread is asked: bytes [begin, end) of a file into shared memory from `at` on. */
export interface FileReadRequest {
  readonly file: SentFile;
  readonly begin: number;
  readonly end: number;
  readonly memory: SharedArrayBuffer;
  readonly offset: number;
  /** Its state (partState.ts): shared, so that a thread that is busy sees that nobody wants it any more. */
  readonly stop: SharedArrayBuffer;
}

/** null, or why it couldn't be read. */
export type FileReadAnswer = { readonly error: string | null };

/** A thread that answers its requests one after the other. */
export interface ReadingThread {
  /** 'stopped', or a rejection, where the thread can't start or died: that says nothing of the file. */
  read(request: FileReadRequest): Promise<FileReadAnswer | 'stopped'>;
  /** Ends it: nobody waits for its answers any more. */
  close?(): void;
}
