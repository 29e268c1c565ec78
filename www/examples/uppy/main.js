// What Uppy uploads are proved copies; a photo that has none is not uploaded.
import Uppy from "@uppy/core";
import XHRUpload from "@uppy/xhr-upload";
import Tarnkappe from "tarnkappe/uppy";

const uppy = new Uppy({ restrictions: { allowedFileTypes: ["image/*"] } })
  .use(Tarnkappe, { assets: "/tarnkappe/assets/" }) // A copy of the package's folder `assets`.
  .use(XHRUpload, { endpoint: "/api" });

const chooser = Object.assign(document.createElement("input"), { type: "file", multiple: true, accept: "image/*" });
const send = Object.assign(document.createElement("button"), { textContent: "Send" });
const status = document.createElement("output");
document.getElementById("app").append(chooser, send, status);

chooser.addEventListener("change", () => {
  uppy.addFiles([...chooser.files].map((data) => ({ name: data.name, type: data.type, data })));
  chooser.value = "";
});
send.addEventListener("click", async () => {
  const { successful, failed } = await uppy.upload();
  status.value = `${successful.length} sent, ${failed.length} not sent: ${failed.map(({ error }) => error).join(" ")}`;
});
