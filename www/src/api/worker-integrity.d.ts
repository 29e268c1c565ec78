/** Written by tools/bundle_worker.mjs: the hash of `worker.js`, as a request's `integrity` states it. */
export declare const WORKER_INTEGRITY: string;
