package sekisho.bench.client;

import java.util.Map;

/** Text in HTML: escaping it, and reading it back. */
public final class HtmlText {

  private static final Map<String, String> NAMED =
      Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00a0");
  private static final int LONGEST_REFERENCE = 10;

  private HtmlText() {}

  /** Makes text safe inside an element and inside a quoted attribute. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /**
   * Resolves numeric references and the named ones that escaping writes; others stay as they are.
   */
  public static String unescape(String text) {
    int at = text.indexOf('&');
    if (at < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int copied = 0;
    while (at >= 0) {
      int end = text.indexOf(';', at);
      String resolved =
          end < 0 || end - at > LONGEST_REFERENCE ? null : resolve(text.substring(at + 1, end));
      if (resolved != null) {
        out.append(text, copied, at).append(resolved);
        copied = end + 1;
      }
      at = text.indexOf('&', Math.max(at + 1, copied));
    }
    return out.append(text, copied, text.length()).toString();
  }

  /** Drops comments. */
  public static String withoutComments(String text) {
    int from = text.indexOf("<!");
    if (from < 0) {
      return text;
    }
    String closing = text.startsWith("<!--", from) ? "-->" : ">";
    int to = text.indexOf(closing, from);
    String rest = to < 0 ? "" : withoutComments(text.substring(to + closing.length()));
    return text.substring(0, from) + rest;
  }

  private static String resolve(String reference) {
    if (!reference.startsWith("#")) {
      return NAMED.get(reference);
    }
    try {
      boolean hex = reference.startsWith("#x") || reference.startsWith("#X");
      int code =
          hex
              ? Integer.parseInt(reference.substring(2), 16)
              : Integer.parseInt(reference.substring(1));
      return Character.isValidCodePoint(code) ? Character.toString(code) : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
