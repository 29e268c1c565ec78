// Without JSX, so that it needs no other tool than a bundler.
import { createElement as h, useState } from "react";
import { createRoot } from "react-dom/client";
import { TarnkappeInput } from "tarnkappe/react";

function Report() {
  const [count, setCount] = useState(0);
  return h(
    "form",
    { action: "/upload", method: "post", encType: "multipart/form-data" },
    h("label", { htmlFor: "photos" }, "Photos"),
    h(TarnkappeInput, { id: "photos", name: "photos", multiple: true, required: true, assets: "/tarnkappe/assets/", onChange: (files) => setCount(files.length) }),
    h("output", null, `${count} ready`),
    h("button", null, "Send"),
  );
}

createRoot(document.getElementById("app")).render(h(Report));
