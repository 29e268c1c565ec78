/** Where a page requires trusted types, a worker's address must come from a policy that it allows. */

interface Policy {
  createScriptURL(address: string): string;
}

/** As far as it is used here; TypeScript does not know it. */
interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy;
}

let policy: Policy | null | undefined;

/** The address of a worker's code that is held in memory, in the type that `new Worker` wants. */
export function trustedAddress(address: string): string {
  policy ??= makePolicy();
  return policy?.createScriptURL(address) ?? address;
}

/** Null where a policy is neither needed nor allowed. A page that needs one and does not allow it refuses the worker itself. */
function makePolicy(): Policy | null {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  try {
    return trustedTypes?.createPolicy("tarnkappe", { createScriptURL: inMemory }) ?? null;
  } catch {
    return null;
  }
}

function inMemory(address: string): string {
  if (!address.startsWith("blob:")) {
    throw new TypeError(`${address} is not held in memory.`);
  }
  return address;
}
