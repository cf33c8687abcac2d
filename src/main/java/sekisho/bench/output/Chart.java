package sekisho.bench.output;

import java.util.List;
import java.util.Locale;
import sekisho.bench.client.HtmlText;

/**
 * An SVG plot with labelled axes. Colours come from the page's style sheet by class name, so that a
 * plot follows the reader's light or dark scheme.
 */
final class Chart {

  private static final double WIDTH = 860;
  private static final double HEIGHT = 300;
  private static final double LEFT = 64;
  private static final double RIGHT = 28;
  private static final double TOP = 34;
  private static final double BOTTOM = 44;

  private final Scale x;
  private final Scale y;
  private final StringBuilder body = new StringBuilder();

  Chart(Scale x, Scale y) {
    this.x = x;
    this.y = y;
    axes();
  }

  /** A value and its place on an axis: 0 at its beginning, 1 at its end. */
  interface Scale {

    double place(double value);

    List<Tick> ticks();

    String title();
  }

  /**
   * A labelled value of an axis.
   *
   * @param value in the axis's unit
   * @param label plain text
   */
  record Tick(double value, String label) {}

  /**
   * A point in the units of the axes.
   *
   * @param x on the horizontal axis
   * @param y on the vertical axis
   */
  record Point(double x, double y) {}

  /** A line through the points. */
  Chart line(List<Point> points, String style) {
    return path(points, "line " + style, "");
  }

  /** The area between a line and another below it, both with the same x values. */
  Chart band(List<Point> upper, List<Point> lower, String style) {
    StringBuilder back = new StringBuilder();
    for (int i = lower.size() - 1; i >= 0; i--) {
      back.append('L').append(at(lower.get(i)));
    }
    return path(upper, "band " + style, back + "Z");
  }

  /** A dot with a text that shows on pointing at it. */
  Chart dot(Point point, String style, String text) {
    body.append(
        format(
            "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s</title></circle>",
            style, xAt(point.x), yAt(point.y), HtmlText.escape(text)));
    return this;
  }

  /**
   * The finished picture.
   *
   * @param description what it shows, for those who can't see it
   */
  String svg(String description) {
    return format(
            "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">",
            WIDTH, HEIGHT, HtmlText.escape(description))
        + body
        + "</svg>";
  }

  private Chart path(List<Point> points, String style, String rest) {
    if (points.isEmpty()) {
      return this;
    }
    StringBuilder path = new StringBuilder();
    points.forEach(point -> path.append(path.length() == 0 ? 'M' : 'L').append(at(point)));
    body.append("<path class=\"")
        .append(style)
        .append("\" d=\"")
        .append(path)
        .append(rest)
        .append("\"/>");
    return this;
  }

  private void axes() {
    for (Tick tick : y.ticks()) {
      body.append(
          format(
              "<line class=\"grid\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text class=\"tick\" x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
              LEFT,
              WIDTH - RIGHT,
              yAt(tick.value),
              yAt(tick.value),
              LEFT - 8,
              yAt(tick.value) + 4,
              HtmlText.escape(tick.label)));
    }
    for (Tick tick : x.ticks()) {
      body.append(
          format(
              "<text class=\"tick\" x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%s</text>",
              xAt(tick.value), HEIGHT - BOTTOM + 18, HtmlText.escape(tick.label)));
    }
    body.append(
        format(
            "<text class=\"title\" x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">%s</text>"
                + "<text class=\"title\" x=\"8\" y=\"14\">%s</text>",
            WIDTH - RIGHT, HEIGHT - 6, HtmlText.escape(x.title()), HtmlText.escape(y.title())));
  }

  private String at(Point point) {
    return format("%.1f,%.1f", xAt(point.x), yAt(point.y));
  }

  private double xAt(double value) {
    return LEFT + clamp(x.place(value)) * (WIDTH - LEFT - RIGHT);
  }

  private double yAt(double value) {
    return HEIGHT - BOTTOM - clamp(y.place(value)) * (HEIGHT - TOP - BOTTOM);
  }

  private static double clamp(double place) {
    return Math.max(0, Math.min(1, place));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
