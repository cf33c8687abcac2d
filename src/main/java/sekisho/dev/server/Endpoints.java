package sekisho.dev.server;

/**
 * Where the local servers are reached.
 *
 * @param redisUrl for the Vert.x Redis client, {@code unix:///…}
 * @param mysqlUrl for the Vert.x MySQL client, {@code mysql://…?socket=…}; it holds a password, so
 *     keep it out of logs
 */
public record Endpoints(String redisUrl, String mysqlUrl) {

  @Override
  public String toString() {
    return "Endpoints[redisUrl=" + redisUrl + ", mysqlUrl=(hidden)]";
  }
}
