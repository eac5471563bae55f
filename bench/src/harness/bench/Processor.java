package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The processor's name, as far as the system says it.
final class Processor {
    private Processor() {}

    static String name() {
        Path info = Path.of("/proc/cpuinfo");
        try {
            if (Files.exists(info)) {
                return Files.readAllLines(info).stream()
                        .filter(l -> l.startsWith("model name"))
                        .map(l -> l.substring(l.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
            }
        } catch (IOException e) {
            // then the architecture must do
        }
        return System.getProperty("os.arch");
    }
}
