package sekisho.http.request;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the pairs of one {@code application/x-www-form-urlencoded} body in their order, each name
 * and value once: while {@link #hasNext()}, call {@link #name()} and then {@link #value()}. For one
 * body and one thread.
 */
final class FormReader {

  private final byte[] body;

  /** The bytes of the component that is being decoded; decoding never makes it longer. */
  private final byte[] decoded;

  private int position;

  FormReader(byte[] body) {
    this.body = body;
    this.decoded = new byte[body.length];
  }

  /** Skips empty pairs ({@code a=1&&b=2}) and tells whether another pair follows. */
  boolean hasNext() {
    while (position < body.length && body[position] == '&') {
      position++;
    }
    return position < body.length;
  }

  /** Returns the decoded name of the next pair, perhaps empty. */
  String name() {
    return component('=');
  }

  /**
   * Returns the decoded value that belongs to the name just read; empty when the pair has no equals
   * sign.
   */
  String value() {
    if (position < body.length && body[position] == '=') {
      position++;
    }
    return component('&');
  }

  private String component(char terminator) {
    int length = 0;
    int allBits = 0;
    while (position < body.length && body[position] != '&' && body[position] != terminator) {
      byte b = nextByte();
      if (b == 0) {
        throw new BadRequestException(400, "The form contains a NUL character.");
      }
      allBits |= b;
      decoded[length++] = b;
    }
    boolean ascii = allBits >= 0;
    return ascii ? new String(decoded, 0, length, StandardCharsets.ISO_8859_1) : utf8(length);
  }

  private byte nextByte() {
    byte b = body[position++];
    if (b == '+') {
      return ' ';
    }
    return b == '%' ? percentEncoded() : b;
  }

  private byte percentEncoded() {
    if (position + 2 > body.length) {
      throw brokenPercentEncoding();
    }
    int high = hexDigit(body[position++]);
    int low = hexDigit(body[position++]);
    return (byte) (high << 4 | low);
  }

  private static int hexDigit(byte b) {
    int digit = Character.digit((char) (b & 0xFF), 16);
    if (digit < 0) {
      throw brokenPercentEncoding();
    }
    return digit;
  }

  private static BadRequestException brokenPercentEncoding() {
    return new BadRequestException(400, "The form contains a broken percent-encoding.");
  }

  /**
   * Decodes strictly: a decoder of its own reports over-long, surrogate and truncated sequences, a
   * String repairs.
   */
  private String utf8(int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(decoded, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new BadRequestException(400, "The form is not valid UTF-8.");
    }
  }
}
