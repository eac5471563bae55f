/// Data sets, transforms, batches and the handwriting generator.
module cajal.data {
    requires static dev.hardwood.core; // only where Parquet files are read
    requires static org.jspecify;
    requires transitive cajal.core;
    requires de.siegmar.fastcsv;
    requires java.desktop;
    requires java.net.http;

    exports cajal.data;
}
