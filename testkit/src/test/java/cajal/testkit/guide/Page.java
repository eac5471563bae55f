package cajal.testkit.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A Markdown page as its blocks of code: a `java` block is a program, a `text` block right below it is what it
/// prints.
///
/// @param file the page
/// @param lines its lines
/// @param blocks its blocks of code, in order
record Page(Path file, List<String> lines, List<Block> blocks) {
    /// A fenced block.
    ///
    /// @param language what stands behind the fence
    /// @param start the index of the first line inside
    /// @param end the index of the closing fence
    record Block(String language, int start, int end) {}

    static Page read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            List<Block> blocks = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).startsWith("```")) {
                    int end = i + 1;
                    while (!lines.get(end).equals("```")) {
                        end++;
                    }
                    blocks.add(new Block(lines.get(i).substring(3).strip(), i + 1, end));
                    i = end;
                }
            }
            return new Page(file, lines, blocks);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The numbers of the blocks in a language.
    List<Integer> of(String language) {
        return Stream.iterate(0, i -> i < blocks.size(), i -> i + 1)
                .filter(i -> blocks.get(i).language().equals(language))
                .toList();
    }

    /// The contents of a block.
    String text(int block) {
        Block b = blocks.get(block);
        return String.join("\n", lines.subList(b.start(), b.end())) + "\n";
    }

    /// Whether only blank lines stand between a block and the next one.
    boolean touchesNext(int block) {
        return block + 1 < blocks.size()
                && lines
                        .subList(
                                blocks.get(block).end() + 1,
                                blocks.get(block + 1).start() - 1)
                        .stream()
                        .allMatch(String::isBlank);
    }

    /// The page with other contents in a block.
    Page with(int block, String text) {
        Block b = blocks.get(block);
        List<String> changed = new ArrayList<>(lines.subList(0, b.start()));
        changed.addAll(text.lines().toList());
        changed.addAll(lines.subList(b.end(), lines.size()));
        try {
            Files.write(file, changed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read(file);
    }
}
