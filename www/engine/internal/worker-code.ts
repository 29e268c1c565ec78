import { requestPart } from "./assets.js";
import { TarnkappeError } from "./errors.js";
import { FILES } from "./files.js";

/**
 * Fetches workers' code, once. It is held in memory, so that a worker that takes the place of another one needs no request.
 *
 * @param base URL of the folder that is served, with a slash at its end
 * @returns its address, to be revoked once no more workers are started
 * @throws TarnkappeError `load`, also if the code is not what this version was built with
 */
export async function loadWorkerCode(base: URL, { path, integrity } = FILES.worker): Promise<string> {
  try {
    const response = await requestPart(path, base, { integrity });
    return URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: "text/javascript" }));
  } catch (cause) {
    throw new TarnkappeError("load", `The workers' code could not be loaded: ${String(cause)}`, { cause });
  }
}
