package cajal.testkit.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The guide says what the library does: its programs run and print what stands below them, its figures are
/// what the library draws. With `-Dcajal.update=true` pages and figures are written anew instead; look at
/// the difference before it is kept.
class GuideTest {
    private static final Path GUIDE = Program.ROOT.resolve("docs/guide");
    private static final boolean UPDATE = Boolean.getBoolean("cajal.update");
    private static final int PROGRAMS = 16;

    @TempDir
    private Path folder;

    static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(GUIDE)) {
            return files.filter(f -> f.toString().endsWith(".md")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    @Tag("slow")
    void everyProgramOfAPagePrintsWhatStandsBelowIt(Path file) throws IOException {
        Page page = Page.read(file);
        for (int block : page.of("java")) {
            Path program = Files.writeString(folder.resolve("Program.java"), page.text(block));
            String printed = tidy(Program.run(program).expected());
            if (UPDATE) {
                page = page.with(block + 1, printed);
            }
            assertThat(tidy(page.text(block + 1)))
                    .as(GUIDE.relativize(file) + ", the program that begins in line "
                            + page.blocks().get(block).start())
                    .isEqualTo(printed);
        }
    }

    /// Without spaces at the ends of lines and blank lines at both ends, which Markdown does not keep.
    private static String tidy(String text) {
        String lines = text.lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
        return lines.stripTrailing().replaceFirst("^\n+", "");
    }

    @Test
    void everyJavaBlockIsAWholeProgramWithItsOutputRightBelow() throws IOException {
        int programs = 0;
        for (Path file : pages()) {
            Page page = Page.read(file);
            for (int block : page.of("java")) {
                programs++;
                assertThat(page.text(block))
                        .as(file.toString())
                        .contains("import module cajal;")
                        .contains("void main()");
                assertThat(page.touchesNext(block))
                        .as(file + ": output below " + block)
                        .isTrue();
                assertThat(page.blocks().get(block + 1).language()).isEqualTo("text");
                assertThat(page.text(block + 1)).as(file.toString()).isNotBlank();
            }
        }
        assertThat(programs).isEqualTo(PROGRAMS);
    }

    @Test
    void everyLinkAndFigureExistsAndEveryFigureIsShown() throws IOException {
        Set<Path> shown = new TreeSet<>();
        List<Path> all = Stream.concat(pages().stream(), Stream.of(Program.ROOT.resolve("README.md")))
                .toList();
        for (Path file : all) {
            Matcher link = Pattern.compile("]\\(([^)#]+)[^)]*\\)").matcher(Files.readString(file));
            while (link.find()) {
                String target = link.group(1);
                if (!target.contains("://")) {
                    Path there = file.resolveSibling(target).normalize();
                    assertThat(there).as("link in " + file.getFileName()).exists();
                    shown.add(there);
                }
            }
        }
        assertThat(shown).containsAll(figures(GUIDE.resolve("figures")));
    }

    @Test
    @Tag("slow")
    void theFiguresAreWhatTheProgramDraws() throws IOException {
        Program.run(GUIDE.resolve("figures/Draw.java"), folder.toString()).expected();
        List<Path> drawn = figures(folder);
        for (Path figure : UPDATE ? drawn : List.<Path>of()) {
            Files.copy(figure, kept(figure), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        assertThat(drawn).hasSize(8);
        assertThat(figures(GUIDE.resolve("figures"))).hasSize(8);
        for (Path figure : drawn) {
            assertThat(kept(figure)).hasSameBinaryContentAs(figure);
        }
    }

    private static Path kept(Path figure) {
        return GUIDE.resolve("figures").resolve(figure.getFileName().toString());
    }

    private static List<Path> figures(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".svg")).sorted().toList();
        }
    }
}
