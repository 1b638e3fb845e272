"use strict";
// Each figure as a file: the picture that is shown, in its light colours, as SVG or as PNG at twice its size.
{
  const save = (name, address) => Object.assign(document.createElement("a"), { download: name, href: address }).click();

  const savePng = (name, address, width, height) => {
    const picture = new Image();
    picture.addEventListener("load", () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      save(name, canvas.toDataURL("image/png"));
    });
    picture.src = address;
  };

  const savePicture = (figure, name, kind) => {
    const pictures = [...figure.querySelectorAll(".canvas svg")];
    const svg = pictures.find((picture) => picture.getClientRects().length) ?? pictures[0];
    const [width, height] = ["width", "height"].map((side) => Number(svg.getAttribute(side)));
    // colours are var(--token,#rrggbb): outside the page only what follows the comma is left
    const address = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(svg));
    if (kind === "SVG") save(name + ".svg", address);
    else savePng(name + ".png", address, width, height);
  };

  for (const figure of document.querySelectorAll("figure")) {
    const link = figure.querySelector("a.save");
    if (!link || !figure.querySelector(".canvas svg")) continue;
    for (const kind of ["PNG", "SVG"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "save";
      button.innerHTML = link.innerHTML.replace("CSV", kind);
      button.addEventListener("click", () => savePicture(figure, link.download.replace(/\.csv$/, ""), kind));
      link.after(" ", button);
    }
  }
}
