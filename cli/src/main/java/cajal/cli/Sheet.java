package cajal.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/// A sheet on which plots are drawn: lines, boxes, dots, pictures and words, which become an SVG or a PNG file
/// without a screen.
final class Sheet {
    static final String PAPER = "#ffffff";
    static final String INK = "#1d2733";
    static final String FAINT = "#5b6673";
    static final String GRID = "#e4e2dc";
    static final List<String> COLOURS = List.of("#1f6fb2", "#c2570c", "#1b7a43", "#8b3fb0", "#96690b", "#b0306a");

    private static final int SCALE = 2; // pixels of a PNG for each unit

    private final int width;
    private final int height;
    private final List<Mark> marks = new ArrayList<>();

    /// Where a text stands beside its place.
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    private sealed interface Mark {
        String svg();

        void paint(Graphics2D g);
    }

    Sheet(int width, int height) {
        this.width = width;
        this.height = height;
    }

    // ---- what is drawn

    /// A line through points `x0, y0, x1, y1, …`; it is broken where a coordinate is no number.
    void line(String colour, double thick, boolean dashed, double... points) {
        marks.add(new Line(colour, thick, dashed, points));
    }

    void box(String colour, double x, double y, double wide, double high) {
        marks.add(new Box(colour, x, y, wide, high));
    }

    void dot(String fill, double x, double y, double radius) {
        marks.add(new Dot(fill, x, y, radius));
    }

    void text(String colour, int size, Anchor anchor, double x, double y, String text) {
        marks.add(new Words(colour, size, anchor, x, y, text));
    }

    /// A picture, stretched over a box.
    void picture(BufferedImage image, double x, double y, double wide, double high) {
        marks.add(new Stretched(image, x, y, wide, high));
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Line(String colour, double thick, boolean dashed, double[] points) implements Mark {
        @Override
        public String svg() {
            StringBuilder d = new StringBuilder();
            boolean on = false;
            for (int i = 0; i + 1 < points.length; i += 2) {
                boolean there = Double.isFinite(points[i]) && Double.isFinite(points[i + 1]);
                if (there) {
                    d.append(on ? 'L' : 'M')
                            .append(number(points[i]))
                            .append(' ')
                            .append(number(points[i + 1]));
                }
                on = there;
            }
            return "<path d=\"" + d + "\" fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"" + number(thick)
                    + "\" stroke-linejoin=\"round\"" + (dashed ? " stroke-dasharray=\"6 4\"" : "") + "/>";
        }

        @Override
        public void paint(Graphics2D g) {
            Path2D path = new Path2D.Double();
            boolean on = false;
            for (int i = 0; i + 1 < points.length; i += 2) {
                boolean there = Double.isFinite(points[i]) && Double.isFinite(points[i + 1]);
                if (there && on) {
                    path.lineTo(points[i], points[i + 1]);
                } else if (there) {
                    path.moveTo(points[i], points[i + 1]);
                }
                on = there;
            }
            g.setColor(Color.decode(colour));
            float[] dashes = dashed ? new float[] {6, 4} : null;
            g.setStroke(new BasicStroke((float) thick, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dashes, 0));
            g.draw(path);
        }
    }

    private record Box(String colour, double x, double y, double wide, double high) implements Mark {
        @Override
        public String svg() {
            return "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(wide) + "\" height=\""
                    + number(high) + "\" fill=\"" + colour + "\"/>";
        }

        @Override
        public void paint(Graphics2D g) {
            g.setColor(Color.decode(colour));
            g.fill(new Rectangle2D.Double(x, y, wide, high));
        }
    }

    private record Dot(String fill, double x, double y, double radius) implements Mark {
        @Override
        public String svg() {
            return "<circle cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"" + number(radius) + "\" fill=\""
                    + fill + "\" stroke=\"" + PAPER + "\"/>";
        }

        @Override
        public void paint(Graphics2D g) {
            Ellipse2D round = new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
            g.setColor(Color.decode(fill));
            g.fill(round);
            g.setColor(Color.decode(PAPER));
            g.setStroke(new BasicStroke(1));
            g.draw(round);
        }
    }

    private record Words(String colour, int size, Anchor anchor, double x, double y, String text) implements Mark {
        @Override
        public String svg() {
            String safe = text.replace("&", "&amp;").replace("<", "&lt;");
            return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" font-size=\"" + size + "\" fill=\"" + colour
                    + "\" text-anchor=\"" + anchor.name().toLowerCase(Locale.ROOT) + "\">" + safe + "</text>";
        }

        @Override
        public void paint(Graphics2D g) {
            g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size));
            g.setColor(Color.decode(colour));
            double wide = g.getFontMetrics().getStringBounds(text, g).getWidth();
            double left = switch (anchor) {
                case START -> x;
                case MIDDLE -> x - wide / 2;
                case END -> x - wide;
            };
            g.drawString(text, (float) left, (float) y);
        }
    }

    private record Stretched(BufferedImage image, double x, double y, double wide, double high) implements Mark {
        @Override
        public String svg() {
            return "<image x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(wide) + "\" height=\""
                    + number(high) + "\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,"
                    + Base64.getEncoder().encodeToString(bytes(image)) + "\"/>";
        }

        @Override
        public void paint(Graphics2D g) {
            g.drawImage(image, (int) x, (int) y, (int) wide, (int) high, null);
        }
    }

    private static String number(double v) {
        String text = String.format(Locale.ROOT, "%.2f", v);
        return text.replaceAll("\\.?0+$", "");
    }

    // ---- as a file

    /// The sheet as an SVG picture.
    String svg() {
        StringBuilder text = new StringBuilder();
        text.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(width + " " + height + "\" width=\"" + width + "\" height=\"" + height)
                .append("\" font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, sans-serif\">\n")
                .append("<rect width=\"100%\" height=\"100%\" fill=\"" + PAPER + "\"/>\n");
        marks.forEach(m -> text.append(m.svg()).append('\n'));
        return text.append("</svg>\n").toString();
    }

    /// The sheet as a PNG picture of twice as many pixels each way.
    ///
    /// **Throws** [Mistake] where Java finds no fonts.
    byte[] png() {
        System.setProperty("java.awt.headless", "true");
        BufferedImage image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.scale(SCALE, SCALE);
        g.setColor(Color.decode(PAPER));
        g.fillRect(0, 0, width, height);
        try {
            marks.forEach(m -> m.paint(g));
        } catch (LinkageError | InternalError | NullPointerException noFonts) { // what Java says without fontconfig
            throw Mistake.of(
                    "a PNG file cannot be drawn here: Java finds no fonts",
                    "letters are drawn with the system's fonts",
                    "--out FILE.svg needs none");
        } finally {
            g.dispose();
        }
        return bytes(image);
    }

    private static byte[] bytes(BufferedImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
