// WebKitGTK, of the browsers on Linux the nearest to Safari, driven by W3C WebDriver on a virtual display.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { poll } from "./poll.mjs";

const DRIVER = "/usr/bin/WebKitWebDriver";
const DISPLAY_SERVER = "/usr/bin/Xvfb";
// Below /usr/lib there is a folder per architecture.
const BROWSER = readdirSync("/usr/lib")
  .map((folder) => `/usr/lib/${folder}/webkit2gtk-4.1/MiniBrowser`)
  .find((file) => existsSync(file));

const START_TIMEOUT_MS = 20_000;
// The name of an element's reference, fixed by W3C WebDriver, section 12.
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** Why the browser can't be used here; null if it can. */
export const unavailable =
  BROWSER && existsSync(DRIVER) && existsSync(DISPLAY_SERVER)
    ? null
    : "webkit2gtk-driver or xvfb is not installed";

/** The few commands of WebDriver that the tests need, in the manner of Playwright's and Puppeteer's pages. */
class Page {
  #session;

  constructor(session) {
    this.#session = session;
  }

  async goto(url) {
    await command(this.#session, "POST", "/url", { url });
  }

  /** Runs a function in the page with JSON arguments, awaits it, and gives its JSON result. */
  async evaluate(code, ...args) {
    const script = `
      const done = arguments[arguments.length - 1];
      Promise.resolve().then(() => (${code})(...Array.from(arguments).slice(0, -1)))
        .then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const result = await command(this.#session, "POST", "/execute/async", { script, args });
    if ("error" in result) throw new Error(result.error);
    return result.value;
  }

  /** Waits until the function, run in the page, gives something true; gives that. */
  async waitForFunction(code, { timeout = 30_000 } = {}, ...args) {
    return poll(() => this.evaluate(code, ...args), timeout, `${code}`);
  }

  async click(selector) {
    const element = await this.#find(selector);
    await command(this.#session, "POST", `/element/${element}/click`, {});
  }

  /** Chooses files in a file input; their paths must be absolute. */
  async setInputFiles(selector, paths) {
    const element = await this.#find(selector);
    await command(this.#session, "POST", `/element/${element}/value`, { text: [paths].flat().join("\n") });
  }

  /** As above, in the input that the function gives, which may lie in a shadow root. */
  async chooseFiles(code, paths) {
    const input = await this.#reference(code);
    await command(this.#session, "POST", `/element/${input[ELEMENT]}/value`, { text: [paths].flat().join("\n") });
  }

  /** What follows happens in the frame that the function gives; without one, in the page again. */
  async enterFrame(code) {
    await command(this.#session, "POST", "/frame", { id: code ? await this.#reference(code) : null });
  }

  #reference(code) {
    return command(this.#session, "POST", "/execute/sync", { script: `return (${code})();`, args: [] });
  }

  async #find(selector) {
    const element = await command(this.#session, "POST", "/element", { using: "css selector", value: selector });
    return element[ELEMENT];
  }
}

/** Sends one WebDriver command; throws with the driver's message if it fails. */
async function command(base, method, path, body) {
  const response = await fetch(base + path, { method, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`WebDriver ${path}: ${value.error}: ${value.message}`);
  return value;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** Starts a display server that picks its own number, and prints it once it is ready. */
async function startDisplay() {
  const server = spawn(DISPLAY_SERVER, ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const [number] = await once(server.stdio[3], "data", { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  return { process: server, name: `:${String(number).trim()}` };
}

async function startDriver(display) {
  const port = await freePort();
  // The sandbox can't be had as root, nor in most containers.
  const env = { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
  const driver = spawn(DRIVER, [`--port=${port}`], { env, stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const ready = () => command(url, "GET", "/status").catch(() => null);
  await poll(ready, START_TIMEOUT_MS, "WebKitWebDriver");
  return { process: driver, url };
}

/**
 * Starts a browser with a fresh profile, on a display of its own.
 *
 * @returns {Promise<{page: Page, close: () => Promise<void>}>}
 */
export async function open() {
  const children = [];
  const stop = () => children.reverse().forEach((child) => child.kill());
  process.once("exit", stop);
  try {
    const display = await startDisplay();
    children.push(display.process);
    const driver = await startDriver(display.name);
    children.push(driver.process);
    const capabilities = {
      alwaysMatch: { "webkitgtk:browserOptions": { binary: BROWSER, args: ["--automation"] } },
    };
    const { sessionId } = await command(driver.url, "POST", "/session", { capabilities });
    const session = `${driver.url}/session/${sessionId}`;
    await command(session, "POST", "/timeouts", { script: 120_000, pageLoad: 60_000 });
    const close = async () => {
      await command(session, "DELETE", "").catch(() => {});
      stop();
      process.off("exit", stop);
    };
    return { page: new Page(session), close };
  } catch (error) {
    stop();
    throw error;
  }
}
