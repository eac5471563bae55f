/// The command line.
module cajal.cli {
    requires static org.jspecify;
    requires cajal;
    requires cajal.studio;
    requires info.picocli;
    requires java.desktop;

    opens cajal.cli to
            info.picocli;
}
