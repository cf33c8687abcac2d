package sekisho.redis.location;

import io.vertx.core.net.SocketAddress;
import io.vertx.redis.client.impl.RedisURI;

/**
 * A connection string as the Redis client reads it. The client's own parser is internal to it; it
 * is used here, and only here, so that a URL that passes the start is one that the client can use.
 *
 * @param address host and port, or the path of a Unix socket
 * @param ssl whether the connection is encrypted
 * @param hasPassword whether the URL holds a password
 */
public record RedisUrl(SocketAddress address, boolean ssl, boolean hasPassword) {

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException when the client can't use it; the message may quote it
   */
  public static RedisUrl parse(String url) {
    try {
      RedisURI read = new RedisURI(url);
      return new RedisUrl(read.socketAddress(), read.ssl(), read.password() != null);
    } catch (NullPointerException e) {
      // A scheme or host is missing.
      throw new IllegalArgumentException(e);
    }
  }

  /** Whether it names a Unix socket. */
  public boolean isUnixSocket() {
    return address.isDomainSocket();
  }
}
