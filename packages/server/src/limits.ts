/** Every bound of the server has a name here, with its reason. */

const MB = 1024 * 1024;

/** Largest request body: twice the largest value of the key-value model, for its JSON escapes. */
export const MAX_BODY_BYTES: number = 2 * MB;
/** Largest body with a script of statements: dumps are loaded whole. */
export const MAX_SCRIPT_BYTES: number = 16 * MB;
/**
 * What the rows of one reply may take in memory: a reply is made whole, and takes as much again as
 * text. Many clients may ask for one at a time.
 */
export const MAX_RESULT_BYTES: number = 64 * MB;
/** Nesting of a request body: the database's own limit for values, and what stands around one. */
export const MAX_BODY_DEPTH = 510;
/** A request must have arrived, and be answered, within so much time (the guide: 30s). */
export const REQUEST_TIMEOUT_MS = 30_000;
/** Connections open at a time (the guide: 1000). */
export const MAX_CONNECTIONS = 1000;
/** Entries on a page of a list, unless asked for otherwise. */
export const DEFAULT_LIST_LIMIT = 1000;
/** Entries that a page may be asked for; a page is made without a pause. */
export const MAX_LIST_LIMIT = 10_000;
/** Characters after which a page ends whatever its limit, so that large values fit into memory. */
export const MAX_LIST_CHARACTERS: number = 8 * MB;
/** How long a shutdown waits for requests that are being answered. */
export const SHUTDOWN_GRACE_MS = 10_000;
/**
 * A second signal sooner than this is an echo of the first: a terminal signals the whole process
 * group, and npm passes the signal on once more.
 */
export const SIGNAL_ECHO_MS = 500;
