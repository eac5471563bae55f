/// The live view in the browser.
module cajal.studio {
    requires static org.jspecify;
    requires transitive cajal;
    requires io.avaje.jex;
    requires io.avaje.jsonb;
    requires java.logging;

    exports cajal.studio;

    provides io.avaje.jsonb.spi.JsonbExtension with
            cajal.studio.StudioJsonComponent;
}
