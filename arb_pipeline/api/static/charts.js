// Draws the figure a page carries as JSON, in the colours of the page.
"use strict";

(() => {
  const place = document.getElementById("chart");
  const figure = JSON.parse(document.getElementById("figure").textContent);
  const night = matchMedia("(prefers-color-scheme: dark)");
  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink").trim();
    const card = style.getPropertyValue("--card").trim();
    return {
      "paper_bgcolor": card,
      "plot_bgcolor": card,
      "font.color": ink,
      "hoverlabel.bgcolor": card,
      "hoverlabel.bordercolor": style.getPropertyValue("--line").trim(),
      "hoverlabel.font.color": ink,
      "modebar.color": style.getPropertyValue("--soft").trim(),
      "modebar.activecolor": ink,
    };
  };
  const options = {
    responsive: true,
    displaylogo: false,
    modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
  };
  Plotly.newPlot(place, figure.data, figure.layout, options)
    .then(() => Plotly.relayout(place, colours()))
    .then(() => place.setAttribute("data-drawn", "true"));
  night.addEventListener("change", () => Plotly.relayout(place, colours()));
})();
