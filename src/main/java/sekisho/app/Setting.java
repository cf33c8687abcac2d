package sekisho.app;

import java.util.Locale;

/**
 * The settings that there are: name in the configuration file and default. conf/sekisho.properties
 * tells what each means.
 */
enum Setting {
  HTTP_HOST("http.host", "127.0.0.1"),
  HTTP_PORT("http.port", "8080"),
  HTTP_SOCKET("http.socket", ""),
  HTTP_SOCKET_MODE("http.socket-mode", "0660"),
  HTTP_EVENT_LOOPS("http.event-loops", "0"),
  HTTP_MAX_CONNECTIONS("http.max-connections", "10000"),
  HTTP_PROXY_PROTOCOL("http.proxy-protocol", "false"),
  HTTP_CONNECTIONS_PER_ADDRESS("http.connections-per-address", "256"),
  HTTP_IDLE_TIMEOUT("http.idle-timeout-s", "75"),
  HTTP_REQUEST_TIMEOUT("http.request-timeout-s", "20"),
  HTTP_ANSWER_TIMEOUT("http.answer-timeout-s", "30"),
  MANAGEMENT_HOST("management.host", "127.0.0.1"),
  MANAGEMENT_PORT("management.port", "8081"),
  DATA_DIR("data.dir", "var"),
  REDIS_URL("redis.url", ""),
  REDIS_CA_FILE("redis.ca-file", ""),
  REDIS_KEY_PREFIX("redis.key-prefix", "{sekisho}:"),
  REDIS_TIMEOUT("redis.timeout-ms", "2000"),
  REDIS_MAX_WAITING("redis.max-waiting", "5000"),
  REDIS_RECENT("redis.recent-mb", "16"),
  MYSQL_URL("mysql.url", ""),
  MYSQL_CA_FILE("mysql.ca-file", ""),
  MYSQL_TIMEOUT("mysql.timeout-ms", "30000"),
  USER_LOCK_THRESHOLD("user.lock.threshold", "3"),
  IP_BAN_THRESHOLD("ip.ban.threshold", "10"),
  IP_IPV6_PREFIX("ip.ipv6-prefix", "64"),
  SESSION_KEY("session.key", ""),
  SESSION_LIFETIME("session.lifetime-s", "86400"),
  SESSION_SECURE("session.secure", "false"),
  TIME_ZONE("time.zone", "UTC"),
  TRUSTED_PROXIES("trusted.proxies", "127.0.0.1/32, ::1/128"),
  REPORT_ALLOW("report.allow", "127.0.0.0/8, ::1"),
  REPORT_TIMEOUT("report.timeout-ms", "30000"),
  FLUSH_THRESHOLD("flush.threshold", "100000"),
  FLUSH_CHUNK("flush.chunk", "5000"),
  SHUTDOWN_DRAIN("shutdown.drain-ms", "0"),
  SHUTDOWN_TIMEOUT("shutdown.timeout-ms", "8000");

  private static final String PREFIX = "sekisho.";

  private final String key;
  private final String defaultValue;

  Setting(String name, String defaultValue) {
    this.key = PREFIX + name;
    this.defaultValue = defaultValue;
  }

  /** The name in the file, such as {@code sekisho.http.port}. */
  String key() {
    return key;
  }

  /** The value where neither file nor environment gives one. */
  String defaultValue() {
    return defaultValue;
  }

  /** The name of the variable that overrides the file, such as {@code SEKISHO_HTTP_PORT}. */
  String variable() {
    return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }
}
