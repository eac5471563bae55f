package cajal.cli;

import java.util.ArrayList;
import java.util.List;

/// Rows of text in columns as wide as their widest cell; numbers stand to the right.
final class Grid {
    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] right;

    /// A grid with these headings; one that begins with `>` stands to the right, as do its cells.
    Grid(String... headings) {
        right = new boolean[headings.length];
        String[] plain = new String[headings.length];
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            plain[i] = right[i] ? headings[i].substring(1) : headings[i];
        }
        rows.add(plain);
    }

    Grid row(Object... cells) {
        String[] texts = new String[right.length];
        for (int i = 0; i < right.length; i++) {
            texts[i] = i < cells.length ? String.valueOf(cells[i]) : "";
        }
        rows.add(texts);
        return this;
    }

    /// The lines, the headings underlined.
    @Override
    public String toString() {
        int[] width = new int[right.length];
        for (String[] row : rows) {
            for (int i = 0; i < width.length; i++) {
                width[i] = Math.max(width[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < width.length; i++) {
                String gap = " ".repeat(width[i] - rows.get(r)[i].length());
                line.append(i == 0 ? "" : "  ").append(right[i] ? gap + rows.get(r)[i] : rows.get(r)[i] + gap);
            }
            text.append(r == 0 ? "" : "\n").append(line.toString().stripTrailing());
            if (r == 0) {
                text.append('\n').append("─".repeat(line.length()));
            }
        }
        return text.toString();
    }
}
