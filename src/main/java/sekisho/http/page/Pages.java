package sekisho.http.page;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sekisho.http.session.Notice;

/**
 * The HTML pages, as UTF-8. Pages with nothing of one user in them are rendered once, when this
 * object is made; their buffers are handed out again and again and must not be modified. Safe for
 * use by several event loops.
 */
public final class Pages {

  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(null, ContentType.Html, null, "sekisho.http.page.template");
  private final String contact;
  private final Buffer home;
  private final Map<Notice, Buffer> homeWithNotice = new EnumMap<>(Notice.class);
  private final Map<Integer, Buffer> errors = new HashMap<>();
  private final String styleHash;
  private final String scriptHash;

  /** The same without a line of contact. */
  public Pages() {
    this("");
  }

  /**
   * Renders all pages that stay as they are.
   *
   * @param contact one line that locked and banned users see, not yet escaped; empty for none
   */
  public Pages(String contact) {
    this.contact = contact;
    home = renderHome(null);
    for (Notice notice : Notice.values()) {
      homeWithNotice.put(notice, renderHome(notice));
    }
    for (ErrorText text : ErrorText.values()) {
      errors.put(text.status(), renderError(text, text.status(), text.message()));
    }
    styleHash = sourceHash(home.toString(), "style");
    scriptHash = sourceHash(home.toString(), "script");
  }

  /**
   * Returns the home page with the login form.
   *
   * @param notice what to tell the user, or null for nothing
   */
  public Buffer home(@Nullable Notice notice) {
    return notice == null ? home : homeWithNotice.getOrDefault(notice, home);
  }

  /**
   * Renders the page of a member. All texts are escaped here, and none is null.
   *
   * @param name the user's login name
   * @param lastLoginAt the time of the login to show, as {@code yyyy-MM-dd HH:mm:ss}
   * @param lastLoginIp the canonical address of that login
   * @param zone the name of the time zone, which stands beside the time
   */
  public Buffer member(String name, String lastLoginAt, String lastLoginIp, String zone) {
    return render(
        "member.jte",
        Map.of("name", name, "lastLoginAt", lastLoginAt, "lastLoginIp", lastLoginIp, "zone", zone));
  }

  /**
   * Returns the page for a refusal or failure, with the text that is usual for its status.
   *
   * @param status the HTTP status, 400 to 599
   */
  public Buffer error(int status) {
    Buffer page = errors.get(status);
    return page != null ? page : error(status, ErrorText.of(status).message());
  }

  /**
   * Renders the page for a refusal or failure with a text of its own.
   *
   * @param status the HTTP status, 400 to 599
   * @param message what went wrong and what to do, for the user to read, not yet escaped
   */
  public Buffer error(int status, String message) {
    return renderError(ErrorText.of(status), status, message);
  }

  /**
   * Returns the source expression for the one style that all pages carry, such as {@code
   * sha256-…=}; put it in single quotes into the {@code style-src} of a Content-Security-Policy
   * (CSP Level 3, section 2.3.1).
   */
  public String styleHash() {
    return styleHash;
  }

  /**
   * Returns the source expression for the one script that all pages carry, like {@link #styleHash}.
   */
  public String scriptHash() {
    return scriptHash;
  }

  private Buffer renderHome(@Nullable Notice notice) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("notice", notice == null ? null : notice.text());
    parameters.put(
        "contact",
        (notice == Notice.LOCKED || notice == Notice.BANNED) && !contact.isEmpty()
            ? contact
            : null);
    parameters.put("refused", notice != null && notice.isRefusal());
    return render("home.jte", parameters);
  }

  private Buffer renderError(ErrorText text, int status, String message) {
    return render("error.jte", Map.of("status", status, "title", text.title(), "message", message));
  }

  private Buffer render(String template, Map<String, Object> parameters) {
    Utf8ByteOutput output = new Utf8ByteOutput();
    templates.render(template, parameters, output);
    return Buffer.buffer(output.toByteArray());
  }

  /**
   * Returns the source expression for the one element of its kind in a page, like {@link
   * #styleHash}.
   *
   * @param page HTML
   * @param element {@code style} or {@code script}, without attributes
   */
  public static String sourceHash(String page, String element) {
    int from = page.indexOf("<" + element + ">") + element.length() + 2;
    return hash(page.substring(from, page.indexOf("</" + element + ">", from)));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
