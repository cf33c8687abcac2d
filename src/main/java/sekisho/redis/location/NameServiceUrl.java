package sekisho.redis.location;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The URL of a Redis whose address has to be asked for: {@code
 * redis-sentinel://[user:password@]host[:port],…/master[/db]} or {@code
 * redis-cluster://[user:password@]host[:port],…}; {@code rediss-…} for TLS.
 *
 * @param kind who is asked
 * @param ssl whether all connections are encrypted
 * @param userInfo name and password as they stand in the URL, empty for none
 * @param servers those that are asked, {@code host:port} each, at least one
 * @param master what the Sentinels call the primary; empty for a Cluster
 * @param database the number of the database, empty for the first one
 */
public record NameServiceUrl(
    Kind kind, boolean ssl, String userInfo, List<String> servers, String master, String database) {

  private static final Pattern FORM =
      Pattern.compile(
          "redis(s?)-(sentinel|cluster)://(?:([^@/?#]*)@)?([^@/?#]+)(?:/([\\w.-]+))?(?:/(\\d+))?/?");
  private static final Pattern HAS_PORT = Pattern.compile(".*[^:]:\\d+|\\[.*]:\\d+");

  /** Whom to ask. */
  public enum Kind {
    SENTINEL(26379),
    CLUSTER(6379);

    private final int port;

    Kind(int port) {
      this.port = port;
    }
  }

  /** Whether a URL is one of these, right or wrong. */
  public static boolean isOne(String url) {
    return Stream.of("redis-", "rediss-").anyMatch(url::startsWith);
  }

  /**
   * Reads a URL.
   *
   * @return empty when it does not have the form
   */
  public static Optional<NameServiceUrl> parse(String url) {
    Matcher form = FORM.matcher(url);
    if (!form.matches()) {
      return Optional.empty();
    }
    Kind kind = form.group(2).equals("sentinel") ? Kind.SENTINEL : Kind.CLUSTER;
    String master = group(form, 5);
    String database = group(form, 6);
    if ((kind == Kind.SENTINEL) == master.isEmpty()
        || kind == Kind.CLUSTER && !database.isEmpty()) {
      return Optional.empty();
    }
    List<String> servers =
        Stream.of(form.group(4).split(",", -1))
            .map(server -> HAS_PORT.matcher(server).matches() ? server : server + ":" + kind.port)
            .toList();
    NameServiceUrl read =
        new NameServiceUrl(
            kind, !form.group(1).isEmpty(), group(form, 3), servers, master, database);
    try {
      servers.forEach(server -> RedisUrl.parse(read.serverUrl(server, true)));
      return Optional.of(read);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether it holds a password. */
  public boolean hasPassword() {
    return userInfo.contains(":");
  }

  /**
   * The URL of one of the servers that are asked.
   *
   * @param server host and port
   * @param login whether to log in
   */
  String serverUrl(String server, boolean login) {
    return (ssl ? "rediss://" : "redis://")
        + (login && !userInfo.isEmpty() ? userInfo + "@" : "")
        + server;
  }

  /**
   * The URL of a primary.
   *
   * @param server host and port
   */
  String primaryUrl(String server) {
    return serverUrl(server, true) + (database.isEmpty() ? "" : "/" + database);
  }

  @Override
  public String toString() {
    return String.join(", ", servers);
  }

  private static String group(Matcher form, int group) {
    return form.group(group) == null ? "" : form.group(group);
  }
}
