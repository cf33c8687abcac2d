package sekisho.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sekisho.dev.server.Endpoints;

/**
 * A database of its own with the schema and the users {@code user1}, {@code user2}… (passwords
 * {@code password1}…), and a prefix of its own in Redis, on a pair of servers that others use too.
 */
public final class SmallStores {

  private static final int INSERTED_TOGETHER = 1000;

  private final Endpoints endpoints;
  private final String name = "sekisho_" + UUID.randomUUID().toString().substring(0, 8);

  private SmallStores(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  /** An empty database. */
  public static SmallStores empty(Endpoints endpoints) {
    SmallStores stores = new SmallStores(endpoints);
    try (SqlProbe sql = new SqlProbe(endpoints.mysqlUrl())) {
      sql.query("CREATE DATABASE " + stores.name);
    }
    return stores;
  }

  /** One with the schema and so many users. */
  public static SmallStores withUsers(Endpoints endpoints, int users) {
    SmallStores stores = empty(endpoints);
    createTables(stores);
    try (SqlProbe sql = stores.sql()) {
      for (int first = 1; first <= users; first += INSERTED_TOGETHER) {
        sql.query(
            IntStream.rangeClosed(first, Math.min(users, first + INSERTED_TOGETHER - 1))
                .mapToObj(
                    id ->
                        "("
                            + id
                            + ", 'user"
                            + id
                            + "', SHA2('password"
                            + id
                            + ":salt', 256), 'salt')")
                .collect(Collectors.joining(", ", "INSERT INTO users VALUES ", "")));
      }
    }
    return stores;
  }

  /** Makes the tables in an empty database. */
  public static void createTables(SmallStores stores) {
    try (SqlProbe sql = stores.sql()) {
      schema().forEach(sql::query);
    }
  }

  /** The first users of a database that was made {@link #withUsers}. */
  public static List<TestUser> users(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(id -> new TestUser(id, "user" + id, "password" + id))
        .toList();
  }

  /** A connection to the database; close it. */
  public SqlProbe sql() {
    return new SqlProbe(mysqlUrl());
  }

  /** Its URL, which holds a password. */
  public String mysqlUrl() {
    return endpoints.mysqlUrl().replace("/sekisho?", "/" + name + "?");
  }

  /** The URL of Redis. */
  public String redisUrl() {
    return endpoints.redisUrl();
  }

  /** What the keys in Redis begin with. */
  public String prefix() {
    return "{" + name + "}:";
  }

  private static List<String> schema() {
    try {
      return List.of(
          Files.readString(Path.of("sql/schema.sql"))
              .replaceAll("(?m)^--.*\n", "")
              .strip()
              .split(";\\s*"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
