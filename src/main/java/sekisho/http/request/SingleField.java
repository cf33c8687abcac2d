package sekisho.http.request;

import io.netty.util.AsciiString;
import java.util.Arrays;

/**
 * The header fields of which a request may have one line: this service or a proxy before it acts on
 * one value of them, and which one that is of several, readers disagree about. {@code Cookie},
 * {@code Connection} and {@code X-Forwarded-For} are lists.
 */
enum SingleField {
  HOST("host"),
  CONTENT_LENGTH("content-length"),
  TRANSFER_ENCODING("transfer-encoding"),
  /** Announces a body of eight bytes in an abandoned draft of WebSockets; refused even alone. */
  WEBSOCKET_KEY("sec-websocket-key1"),
  CONTENT_TYPE("content-type"),
  CONTENT_ENCODING("content-encoding"),
  EXPECT("expect"),
  ORIGIN("origin"),
  REFERER("referer"),
  AUTHORIZATION("authorization"),
  SEC_FETCH_SITE("sec-fetch-site"),
  SEC_FETCH_MODE("sec-fetch-mode"),
  SEC_FETCH_DEST("sec-fetch-dest"),
  SEC_FETCH_USER("sec-fetch-user");

  /** The bits of the fields that say how long a body is. */
  static final int FRAMING = CONTENT_LENGTH.bit() | TRANSFER_ENCODING.bit() | WEBSOCKET_KEY.bit();

  private static final int LONGEST = 18;

  /** The fields by the length of their names: most names are told from all of them by that. */
  private static final SingleField[][] BY_LENGTH = new SingleField[LONGEST + 1][0];

  static {
    for (SingleField field : values()) {
      int length = field.name.length();
      SingleField[] longer = Arrays.copyOf(BY_LENGTH[length], BY_LENGTH[length].length + 1);
      longer[longer.length - 1] = field;
      BY_LENGTH[length] = longer;
    }
  }

  private final AsciiString name;
  private final int bit = 1 << ordinal();

  SingleField(String name) {
    this.name = AsciiString.cached(name);
  }

  /** A bit of its own. */
  int bit() {
    return bit;
  }

  /**
   * Returns the bit of the field of that name, in any case; 0 for a name of which there may be
   * several lines.
   */
  static int bit(AsciiString name) {
    int length = name.length();
    if (length <= LONGEST) {
      for (SingleField field : BY_LENGTH[length]) {
        if (field.name.contentEqualsIgnoreCase(name)) {
          return field.bit;
        }
      }
    }
    return 0;
  }
}
