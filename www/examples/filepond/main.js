// FilePond takes in proved copies; a photo that has none is refused with the reason.
import * as FilePond from "filepond";
import "filepond/dist/filepond.min.css";
import tarnkappe from "tarnkappe/filepond";

FilePond.registerPlugin(tarnkappe({ assets: "/tarnkappe/assets/" })); // A copy of the package's folder `assets`.
const pond = FilePond.create({ name: "photos", allowMultiple: true, instantUpload: false, server: { process: "/api" } });

const send = Object.assign(document.createElement("button"), { textContent: "Send" });
document.getElementById("app").append(pond.element, send);
send.addEventListener("click", () => pond.processFiles());
