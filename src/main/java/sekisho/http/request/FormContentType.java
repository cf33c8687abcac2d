package sekisho.http.request;

/**
 * The check that a request says it carries a form: a {@code Content-Type} (RFC 9110, section 8.3)
 * of {@value #TYPE} in any case, with optional parameters. A {@code charset} has to be UTF-8, since
 * the form is read as nothing else.
 */
public final class FormContentType {

  /** The only media type of a form that is understood. */
  public static final String TYPE = "application/x-www-form-urlencoded";

  private FormContentType() {}

  /**
   * Refuses every request but that of a UTF-8 form.
   *
   * @param contentType the value of the {@code Content-Type} header, or null if there is none
   * @throws BadRequestException with status 415 if the type is another or missing, its parameters
   *     are malformed, or its charset is not UTF-8
   */
  public static void require(String contentType) {
    if (TYPE.equals(contentType)) {
      return;
    }
    if (contentType == null) {
      throw refused();
    }
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    if (!type.strip().equalsIgnoreCase(TYPE)) {
      throw refused();
    }
    if (semicolon >= 0) {
      requireParameters(contentType.substring(semicolon + 1));
    }
  }

  /**
   * Refuses a form that is compressed: a proxy that unpacks it would see another one than this
   * service.
   *
   * @param contentEncoding the value of the {@code Content-Encoding} header, or null if there is
   *     none
   * @throws BadRequestException with status 415 if there is an encoding
   */
  public static void requirePlain(String contentEncoding) {
    if (contentEncoding != null && !contentEncoding.equalsIgnoreCase("identity")) {
      throw refused();
    }
  }

  private static void requireParameters(String parameters) {
    // No parameter that matters can hold a quoted semicolon, so that a plain split is enough.
    for (String parameter : parameters.split(";", -1)) {
      String text = parameter.strip();
      int equals = text.indexOf('=');
      if (!text.isEmpty() && equals < 1) {
        throw refused();
      }
      if (equals > 0 && text.substring(0, equals).equalsIgnoreCase("charset")) {
        requireUtf8(text.substring(equals + 1));
      }
    }
  }

  private static void requireUtf8(String charset) {
    boolean quoted = charset.length() >= 2 && charset.startsWith("\"") && charset.endsWith("\"");
    String name = quoted ? charset.substring(1, charset.length() - 1) : charset;
    // "utf8" is no registered name, yet a label of UTF-8 in the WHATWG encoding standard and common
    // in the wild.
    if (!name.equalsIgnoreCase("utf-8") && !name.equalsIgnoreCase("utf8")) {
      throw refused();
    }
  }

  private static BadRequestException refused() {
    return new BadRequestException(415, "The content type has to be " + TYPE + " in UTF-8.");
  }
}
