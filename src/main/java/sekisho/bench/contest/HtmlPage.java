package sekisho.bench.contest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import sekisho.bench.client.HtmlText;

/**
 * The elements of an HTML page, in one pass and without a tree: enough to find forms, ids and
 * links, at a few microseconds for a page, which matters because the generator runs on the machine
 * that it measures. Reads start tags, end tags, comments and raw text as the tokenizer of the HTML
 * standard does (section 13.2.5), with the character references that servers write when they
 * escape.
 */
final class HtmlPage {

  private static final Set<String> VOID =
      Set.of(
          "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
          "track", "wbr");
  private static final Set<String> RAW = Set.of("script", "style", "textarea", "title");

  private final String html;
  private final List<Tag> tags = new ArrayList<>();

  private HtmlPage(String html) {
    this.html = html;
  }

  /** Reads a page; whatever is broken in it is skipped. */
  static HtmlPage parse(String html) {
    HtmlPage page = new HtmlPage(html);
    page.read();
    return page;
  }

  /** The start and end tags in their order. */
  List<Tag> tags() {
    return tags;
  }

  /**
   * The text inside the element with this id, without tags, references resolved, trimmed.
   *
   * @return null when no element has the id
   */
  String textOf(String id) {
    for (int i = 0; i < tags.size(); i++) {
      Tag tag = tags.get(i);
      if (!tag.end() && id.equals(tag.attribute("id"))) {
        return text(i, indexOfEnd(i));
      }
    }
    return null;
  }

  /** The text of the whole page. */
  String text() {
    return tags.isEmpty() ? HtmlText.unescape(html) : text(0, tags.size());
  }

  /**
   * The index in {@link #tags} of the end tag of the element that starts there; the number of tags
   * when it has none.
   */
  int indexOfEnd(int start) {
    String name = tags.get(start).name();
    int depth = 0;
    for (int i = start; i < tags.size(); i++) {
      Tag tag = tags.get(i);
      if (tag.name().equals(name)) {
        depth += tag.end() ? -1 : 1;
        if (depth == 0 || VOID.contains(name)) {
          return i;
        }
      }
    }
    return tags.size();
  }

  private String text(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      Tag tag = tags.get(i);
      boolean hidden = !tag.end() && (tag.name().equals("script") || tag.name().equals("style"));
      int end = i + 1 < tags.size() ? tags.get(i + 1).from() : html.length();
      if (!hidden && end > tag.to()) {
        text.append(html, tag.to(), end);
      }
    }
    return HtmlText.unescape(HtmlText.withoutComments(text.toString())).strip();
  }

  private void read() {
    int at = html.indexOf('<');
    while (at >= 0 && at + 1 < html.length()) {
      char next = html.charAt(at + 1);
      if (html.startsWith("<!--", at)) {
        at = after("-->", at + 4);
      } else if (next == '!' || next == '?') {
        at = after(">", at);
      } else if (Character.isLetter(next) || next == '/') {
        at = readTag(at);
      } else {
        at++;
      }
      at = html.indexOf('<', at);
    }
  }

  private int readTag(int from) {
    boolean end = html.charAt(from + 1) == '/';
    int at = from + (end ? 2 : 1);
    int nameFrom = at;
    while (at < html.length()
        && !isSpace(html.charAt(at))
        && html.charAt(at) != '>'
        && html.charAt(at) != '/') {
      at++;
    }
    String name = html.substring(nameFrom, at).toLowerCase(Locale.ROOT);
    Map<String, String> attributes = new HashMap<>(4);
    at = readAttributes(at, attributes);
    tags.add(new Tag(name, end, attributes, from, at));
    if (!end && RAW.contains(name)) {
      return endOfRawText(name, at);
    }
    return at;
  }

  private int endOfRawText(String name, int from) {
    int at = html.indexOf("</", from);
    while (at >= 0 && !html.regionMatches(true, at + 2, name, 0, name.length())) {
      at = html.indexOf("</", at + 2);
    }
    return at < 0 ? html.length() : at;
  }

  /** Reads up to and including the closing bracket, and returns the index behind it. */
  private int readAttributes(int from, Map<String, String> attributes) {
    int at = from;
    while (at < html.length() && html.charAt(at) != '>') {
      if (isSpace(html.charAt(at)) || html.charAt(at) == '/') {
        at++;
        continue;
      }
      int nameFrom = at++;
      while (at < html.length()
          && "=/>".indexOf(html.charAt(at)) < 0
          && !isSpace(html.charAt(at))) {
        at++;
      }
      String name = html.substring(nameFrom, at).toLowerCase(Locale.ROOT);
      int equals = skipSpace(at);
      if (equals >= html.length() || html.charAt(equals) != '=') {
        attributes.putIfAbsent(name, "");
        continue;
      }
      int valueFrom = skipSpace(equals + 1);
      char quote = valueFrom < html.length() ? html.charAt(valueFrom) : '>';
      boolean quoted = quote == '"' || quote == '\'';
      valueFrom += quoted ? 1 : 0;
      at = quoted ? indexOrEnd(quote, valueFrom) : endOfUnquoted(valueFrom);
      attributes.putIfAbsent(name, HtmlText.unescape(html.substring(valueFrom, at)));
      at += quoted && at < html.length() ? 1 : 0;
    }
    return Math.min(at + 1, html.length());
  }

  private int endOfUnquoted(int from) {
    int at = from;
    while (at < html.length() && html.charAt(at) != '>' && !isSpace(html.charAt(at))) {
      at++;
    }
    return at;
  }

  private int skipSpace(int from) {
    int at = from;
    while (at < html.length() && isSpace(html.charAt(at))) {
      at++;
    }
    return at;
  }

  private int indexOrEnd(char wanted, int from) {
    int at = html.indexOf(wanted, from);
    return at < 0 ? html.length() : at;
  }

  private int after(String wanted, int from) {
    int at = html.indexOf(wanted, from);
    return at < 0 ? html.length() : at + wanted.length();
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f';
  }

  /**
   * A start tag or an end tag.
   *
   * @param name in lower case
   * @param end whether it is an end tag
   * @param attributes by name in lower case, references resolved
   * @param from index of its opening bracket
   * @param to index behind its closing bracket
   */
  record Tag(String name, boolean end, Map<String, String> attributes, int from, int to) {

    /** The value of an attribute; null when the tag has none of this name. */
    String attribute(String name) {
      return attributes.get(name);
    }
  }
}
