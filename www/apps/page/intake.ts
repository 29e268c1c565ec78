/** How photos come in: chosen, dropped, pasted, taken or opened with the installed page. */

export interface Intake {
  files: File[];
  /** Names of folders, which cannot be opened. */
  folders: string[];
}

/** What was dropped or pasted. Must be called while the event is being handled: the list is empty afterwards. */
export function fromTransfer(transfer: DataTransfer): Intake {
  const intake: Intake = { files: [], folders: [] };
  for (const item of transfer.items) {
    sort(item, intake);
  }
  return intake;
}

function sort(item: DataTransferItem, intake: Intake): void {
  if (item.kind !== "file") {
    return;
  }
  const entry = item.webkitGetAsEntry();
  if (entry?.isDirectory) {
    intake.folders.push(entry.name);
    return;
  }
  const file = item.getAsFile();
  if (file !== null) {
    intake.files.push(file);
  }
}

/** Calls `receive` for whatever is dropped on or pasted into the page. Text being pasted is left alone. */
export function listen(target: Window, receive: (intake: Intake) => void, onDragging: (dragging: boolean) => void): void {
  target.addEventListener("dragover", (event) => {
    event.preventDefault();
    onDragging(true);
  });
  target.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) {
      onDragging(false);
    }
  });
  target.addEventListener("drop", (event) => {
    event.preventDefault();
    onDragging(false);
    deliver(event.dataTransfer, receive);
  });
  target.addEventListener("paste", (event) => deliver(event.clipboardData, receive));
}

function deliver(transfer: DataTransfer | null, receive: (intake: Intake) => void): void {
  const intake = transfer && fromTransfer(transfer);
  if (intake && intake.files.length + intake.folders.length > 0) {
    receive(intake);
  }
}

/** Not in TypeScript's library yet. */
interface LaunchQueue {
  setConsumer(consume: (launch: { files?: readonly { getFile(): Promise<File> }[] }) => void): void;
}

/** Calls `receive` for files that the system opens with the installed page, as the manifest's `file_handlers` say. */
export function listenForLaunch(receive: (intake: Intake) => void): void {
  const { launchQueue } = window as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(async ({ files = [] }) => {
    if (files.length > 0) {
      receive({ files: await Promise.all(files.map((file) => file.getFile())), folders: [] });
    }
  });
}
