package cajal.studio;

import java.util.List;

/// The files of the page, below `page/`.
final class PageFiles {
    static final List<String> NAMES = List.of(
            "index.html",
            "style.css",
            "icon.svg",
            "app.js",
            "vendor/d3.min.js",
            "vendor/uPlot.iife.min.js",
            "vendor/uPlot.min.css",
            "lib/api.js",
            "lib/draw.js",
            "lib/heat.js",
            "lib/numbers.js",
            "lib/save.js",
            "lib/state.js",
            "lib/ui.js",
            "pages/home.js",
            "pages/activations.js",
            "pages/digits.js",
            "pages/digits-cards.js",
            "pages/digits-net.js",
            "pages/digits-pad.js",
            "pages/playground.js",
            "pages/playground-net.js",
            "pages/playground-plane.js",
            "lib/land.js",
            "lib/runners.js",
            "pages/descent.js",
            "pages/descent-training.js",
            "pages/model.js",
            "pages/model-graph.js",
            "pages/model-weights.js",
            "pages/runs.js",
            "pages/runs-charts.js",
            "pages/runs-feed.js",
            "pages/runs-net.js",
            "pages/tour.js",
            "pages/tour-steps.js");

    private PageFiles() {}
}
