package sekisho.app;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sekisho.app.SettingsLoader.Setting;
import sekisho.file.FileProblem;
import sekisho.http.access.AccessLogFormat;
import sekisho.http.connection.ConnectionLimits;
import sekisho.http.connection.UnixSocket;
import sekisho.http.session.SessionKey;
import sekisho.login.Thresholds;
import sekisho.net.CidrSet;
import sekisho.ops.ManagementTokens;

/** Reads the configuration file, lays the environment over it and checks every value. */
public final class SettingsLoader {

  /** The file that is read when none is named, below the working directory. */
  public static final Path DEFAULT_FILE = Path.of("conf", "sekisho.properties");

  private static final int MEBIBYTE = 1024 * 1024;

  /** What fits {@code sockaddr_un} on Linux, without its closing NUL. */
  private static final int LONGEST_SOCKET_PATH = 107;

  private static final int LONGEST_CONTACT = 200;

  /** What has the higher number counts. */
  private static final int FROM_FILE = 200;

  private static final int FROM_ENVIRONMENT = 300;

  private static final String OFF = "off";

  private static final String MASK = "********";

  /** The password of a URL, also one that was not percent-encoded, or stands among parameters. */
  private static final Pattern CREDENTIALS =
      Pattern.compile("(?<=//[^/:@]{0,255}:)[^/]*(?=@)|(?<=[?&]password=)[^&]*");

  private static final String VARIABLE_PREFIX = "SEKISHO_";

  /** Variables of the Makefile and the tests' own, which are no settings of the service. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of("SEKISHO_CONFIG", "SEKISHO_TEST_SERVERS_PATH");

  private static final Pattern CONTROL_CHARACTER = Pattern.compile("\\p{Cc}");

  private final SmallRyeConfig config;
  private final Map<String, String> environment;

  private SettingsLoader(SmallRyeConfig config, Map<String, String> environment) {
    this.config = config;
    this.environment = environment;
  }

  /**
   * Reads the file that {@code SEKISHO_CONFIG} names, or else {@link #DEFAULT_FILE} if there is
   * one.
   *
   * @param environment the process's environment
   * @throws ConfigurationException when a setting is wrong or unknown, or a named file is missing
   */
  public static Settings load(Map<String, String> environment) {
    return load(file(environment), environment);
  }

  private static Optional<Path> file(Map<String, String> environment) {
    String named = environment.get("SEKISHO_CONFIG");
    if (named != null) {
      return Optional.of(path("SEKISHO_CONFIG", named));
    }
    return Files.exists(DEFAULT_FILE) ? Optional.of(DEFAULT_FILE) : Optional.empty();
  }

  /**
   * A setting in force.
   *
   * @param name in the configuration file
   * @param value as it was given; secrets are masked
   * @param origin the variable or the file that it comes from, or {@code default}
   */
  public record EffectiveSetting(String name, String value, String origin) {}

  /**
   * Reads the same file as {@link #load(Map)}, and says where each setting comes from.
   *
   * @param environment the process's environment
   * @throws ConfigurationException when a setting is wrong or unknown, or a named file is missing
   */
  public static List<EffectiveSetting> effective(Map<String, String> environment) {
    Optional<Path> file = file(environment);
    SettingsLoader loader = loader(file, environment);
    loader.settings();
    return Arrays.stream(Setting.values())
        .map(
            setting ->
                new EffectiveSetting(
                    setting.key(),
                    masked(setting, loader.value(setting)),
                    loader.origin(setting, file)))
        .toList();
  }

  private static String masked(Setting setting, String value) {
    return (setting == Setting.SESSION_KEY || setting == Setting.MANAGEMENT_TOKEN)
            && !value.isEmpty()
        ? MASK
        : CREDENTIALS.matcher(value).replaceAll(MASK);
  }

  private String origin(Setting setting, Optional<Path> file) {
    int ordinal = config.getConfigValue(setting.key()).getConfigSourceOrdinal();
    return ordinal == FROM_ENVIRONMENT
        ? setting.variable()
        : ordinal == FROM_FILE ? file.map(Path::toString).orElse("") : "default";
  }

  /**
   * Reads the given file.
   *
   * @param file the configuration file; without one the defaults apply
   * @param environment variables that override it
   * @throws ConfigurationException when a setting is wrong or unknown, or the file is missing
   */
  public static Settings load(Optional<Path> file, Map<String, String> environment) {
    return loader(file, environment).settings();
  }

  private static SettingsLoader loader(Optional<Path> file, Map<String, String> environment) {
    Map<String, String> variables = SecretFiles.read(ours(environment));
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder().withSources(new EnvConfigSource(variables, FROM_ENVIRONMENT));
    for (Setting setting : Setting.values()) {
      builder.withDefaultValue(setting.key(), setting.defaultValue());
    }
    file.ifPresent(path -> builder.withSources(source(path)));
    refuseUnknown(new TreeSet<>(variables.keySet()), Setting::variable, "the environment");
    return new SettingsLoader(builder.build(), variables);
  }

  /**
   * The variables that are meant for settings; the library alone would take sekisho_http_port too.
   */
  private static Map<String, String> ours(Map<String, String> environment) {
    return environment.entrySet().stream()
        .filter(
            entry ->
                entry.getKey().startsWith(VARIABLE_PREFIX)
                    && !OTHER_VARIABLES.contains(entry.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static PropertiesConfigSource source(Path file) {
    try {
      URL url = file.toUri().toURL();
      PropertiesConfigSource source = new PropertiesConfigSource(url, FROM_FILE);
      refuseUnknown(new TreeSet<>(source.getPropertyNames()), Setting::key, file.toString());
      return source;
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw new ConfigurationException(
          "cannot read the configuration file "
              + file
              + ": it is not there, or not for us to read");
    } catch (IOException e) {
      throw new ConfigurationException(
          "cannot read the configuration file " + file + ": " + FileProblem.reason(file, e));
    } catch (UncheckedIOException e) {
      throw new ConfigurationException(
          "cannot read the configuration file "
              + file
              + ": "
              + FileProblem.reason(file, Objects.requireNonNull(e.getCause())));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "cannot read the configuration file " + file + ": " + e.getMessage());
    }
  }

  private static void refuseUnknown(
      Set<String> names, Function<Setting, String> nameOf, String where) {
    Set<String> known = Arrays.stream(Setting.values()).map(nameOf).collect(Collectors.toSet());
    List<String> unknown = names.stream().filter(name -> !known.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new ConfigurationException(
          "unknown setting "
              + String.join(", ", unknown)
              + " in "
              + where
              + meant(unknown.get(0), known)
              + "; conf/sekisho.properties lists those that there are");
    }
  }

  /** The known name that takes the fewest changes of letters, if they are few. */
  private static String meant(String unknown, Set<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(name -> changes(unknown, name)))
        .filter(name -> changes(unknown, name) <= unknown.length() / 4)
        .map(name -> " (did you mean " + name + "?)")
        .orElse("");
  }

  /** Letters to put in, take out or exchange: the distance of Levenshtein. */
  private static int changes(String from, String to) {
    int[] row = IntStream.rangeClosed(0, to.length()).toArray();
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int exchanged = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(exchanged, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }

  private Settings settings() {
    Settings settings =
        new Settings(
            new Settings.Http(
                text(Setting.HTTP_HOST),
                optional(Setting.HTTP_PORT).isEmpty()
                    ? OptionalInt.empty()
                    : OptionalInt.of(port(Setting.HTTP_PORT)),
                unixSocket(Setting.HTTP_SOCKET, fileMode(Setting.HTTP_SOCKET_MODE)),
                eventLoops(),
                number(Setting.HTTP_MAX_CONNECTIONS, 1, 1_000_000),
                flag(Setting.HTTP_PROXY_PROTOCOL)),
            accessLog(),
            new ConnectionLimits(
                number(Setting.HTTP_CONNECTIONS_PER_ADDRESS, 1, 10_000_000),
                seconds(Setting.HTTP_IDLE_TIMEOUT),
                seconds(Setting.HTTP_REQUEST_TIMEOUT),
                seconds(Setting.HTTP_ANSWER_TIMEOUT)),
            new Settings.Management(
                text(Setting.MANAGEMENT_HOST),
                port(Setting.MANAGEMENT_PORT),
                unixSocket(Setting.MANAGEMENT_SOCKET, PosixFilePermissions.fromString("rw-------")),
                managementTokens(),
                flag(Setting.MANAGEMENT_PROFILING)),
            path(nameOf(Setting.DATA_DIR), text(Setting.DATA_DIR)),
            new Settings.Redis(
                optional(Setting.REDIS_URL),
                file(Setting.REDIS_CA_FILE),
                text(Setting.REDIS_KEY_PREFIX),
                Duration.ofMillis(number(Setting.REDIS_TIMEOUT, 10, 10_000)),
                number(Setting.REDIS_COPIES, 0, 100),
                number(Setting.REDIS_MAX_WAITING, 1, 10_000_000),
                number(Setting.REDIS_RECENT, 0, 1024) * MEBIBYTE),
            new Settings.MySql(
                optional(Setting.MYSQL_URL),
                file(Setting.MYSQL_CA_FILE),
                millis(Setting.MYSQL_TIMEOUT),
                Duration.ofMillis(number(Setting.MYSQL_LOCAL_SLOW_LOG, 0, 600_000))),
            new Thresholds(
                number(Setting.USER_LOCK_THRESHOLD, 1, 1_000_000),
                number(Setting.IP_BAN_THRESHOLD, 1, 1_000_000)),
            new Settings.Session(
                sessionKeys(),
                Duration.ofSeconds(number(Setting.SESSION_LIFETIME, 1, 31_536_000)),
                flag(Setting.SESSION_SECURE)),
            zone(),
            contact(),
            blocks(Setting.TRUSTED_PROXIES),
            number(Setting.IP_IPV6_PREFIX, 1, 128),
            new Settings.Report(blocks(Setting.REPORT_ALLOW), millis(Setting.REPORT_TIMEOUT)),
            new Settings.Flush(
                number(Setting.FLUSH_THRESHOLD, 1, 100_000_000),
                number(Setting.FLUSH_CHUNK, 1, 200_000),
                Duration.ofSeconds(number(Setting.FLUSH_MAX_AGE, 0, 86_400))),
            Duration.ofMillis(number(Setting.WARM_UP, 0, 60_000)),
            new Settings.Shutdown(
                Duration.ofMillis(number(Setting.SHUTDOWN_DRAIN, 0, 86_400_000)),
                millis(Setting.SHUTDOWN_TIMEOUT)));
    refuseContradictions(settings);
    return settings;
  }

  private void refuseContradictions(Settings settings) {
    int port = settings.http().port().orElse(0);
    if (port != 0 && port == settings.management().port()) {
      throw wrong(Setting.MANAGEMENT_PORT, "must not be the port of " + Setting.HTTP_PORT.key());
    }
    if (settings.http().port().isEmpty() && settings.http().socket().isEmpty()) {
      throw wrong(
          Setting.HTTP_PORT,
          "must not be empty unless " + Setting.HTTP_SOCKET.key() + " names a Unix socket");
    }
    if (settings.shutdown().drain().compareTo(settings.shutdown().timeout()) >= 0) {
      throw wrong(
          Setting.SHUTDOWN_DRAIN,
          "must be less than " + Setting.SHUTDOWN_TIMEOUT.key() + ", which includes it");
    }
  }

  private Optional<Settings.AccessLogSettings> accessLog() {
    String wanted = text(Setting.ACCESS_LOG);
    Optional<Path> file = file(Setting.ACCESS_LOG_FILE);
    if (wanted.equals(OFF)) {
      return Optional.empty();
    }
    return Arrays.stream(AccessLogFormat.values())
        .filter(format -> format.label().equals(wanted))
        .findFirst()
        .map(format -> Optional.of(new Settings.AccessLogSettings(format, file)))
        .orElseThrow(
            () ->
                wrong(
                    Setting.ACCESS_LOG,
                    "must be off, ltsv, combined or json, not '" + wanted + "'"));
  }

  private Optional<ManagementTokens> managementTokens() {
    return optional(Setting.MANAGEMENT_TOKEN)
        .map(
            text -> {
              try {
                return ManagementTokens.parse(text);
              } catch (IllegalArgumentException e) {
                throw wrong(Setting.MANAGEMENT_TOKEN, String.valueOf(e.getMessage()));
              }
            });
  }

  private Optional<UnixSocket> unixSocket(Setting setting, Set<PosixFilePermission> mode) {
    return file(setting)
        .map(
            path -> {
              int length = path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8).length;
              if (length > LONGEST_SOCKET_PATH) {
                throw wrong(
                    setting,
                    "the path of a Unix socket has at most "
                        + LONGEST_SOCKET_PATH
                        + " bytes, and "
                        + path
                        + " has "
                        + length);
              }
              return new UnixSocket(path.toAbsolutePath(), mode);
            });
  }

  /** The permissions that an octal number names, such as 0660. */
  private Set<PosixFilePermission> fileMode(Setting setting) {
    String octal = value(setting);
    if (!octal.matches("0?[0-7]{3}")) {
      throw wrong(
          setting, "must be an octal file mode from 000 to 777 such as 0660, not '" + octal + "'");
    }
    int bits = Integer.parseInt(octal, 8);
    PosixFilePermission[] all = PosixFilePermission.values();
    Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < all.length; i++) {
      if ((bits & 1 << all.length - 1 - i) != 0) {
        mode.add(all[i]);
      }
    }
    return mode;
  }

  private String value(Setting setting) {
    return config.getOptionalValue(setting.key(), String.class).orElse("").strip();
  }

  private Optional<String> optional(Setting setting) {
    return Optional.of(value(setting)).filter(value -> !value.isEmpty());
  }

  private Optional<Path> file(Setting setting) {
    return optional(setting).map(text -> path(nameOf(setting), text));
  }

  /**
   * Java names files in the locale's charset: without one, as in a container, only ASCII letters
   * can be used.
   */
  static Path path(String name, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new ConfigurationException(
          name
              + ": is not a path that can be used in this locale; if it has letters other than"
              + " A to Z, set LC_ALL=C.UTF-8");
    }
  }

  private String text(Setting setting) {
    return optional(setting).orElseThrow(() -> wrong(setting, "must not be empty"));
  }

  private int number(Setting setting, int min, int max) {
    try {
      int number = Integer.parseInt(value(setting));
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw wrong(
        setting,
        "must be a whole number from " + min + " to " + max + ", not '" + value(setting) + "'");
  }

  private int port(Setting setting) {
    return number(setting, 0, 65_535);
  }

  private Duration millis(Setting setting) {
    return Duration.ofMillis(number(setting, 10, 600_000));
  }

  private Duration seconds(Setting setting) {
    return Duration.ofSeconds(number(setting, 1, 86_400));
  }

  private boolean flag(Setting setting) {
    return switch (value(setting)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(setting, "must be true or false, not '" + value(setting) + "'");
    };
  }

  private int eventLoops() {
    int configured = number(Setting.HTTP_EVENT_LOOPS, 0, 64);
    // Redis needs a core too, and it is one thread: past four loops it is what limits.
    return configured > 0
        ? configured
        : Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));
  }

  private ZoneId zone() {
    try {
      return ZoneId.of(value(Setting.TIME_ZONE));
    } catch (DateTimeException e) {
      throw wrong(
          Setting.TIME_ZONE,
          "must be a time zone such as UTC or Asia/Tokyo, not '" + value(Setting.TIME_ZONE) + "'");
    }
  }

  private String contact() {
    String line = value(Setting.CONTACT);
    if (line.length() > LONGEST_CONTACT || CONTROL_CHARACTER.matcher(line).find()) {
      throw wrong(
          Setting.CONTACT, "must be one line of at most " + LONGEST_CONTACT + " characters");
    }
    return line;
  }

  private CidrSet blocks(Setting setting) {
    try {
      return CidrSet.parse(value(setting));
    } catch (IllegalArgumentException e) {
      throw wrong(setting, String.valueOf(e.getMessage()));
    }
  }

  private List<SessionKey> sessionKeys() {
    try {
      return optional(Setting.SESSION_KEY).map(SessionKey::parseList).orElseGet(ArrayList::new);
    } catch (IllegalArgumentException e) {
      throw wrong(Setting.SESSION_KEY, String.valueOf(e.getMessage()));
    }
  }

  private String nameOf(Setting setting) {
    return environment.containsKey(setting.variable()) ? setting.variable() : setting.key();
  }

  private ConfigurationException wrong(Setting setting, String problem) {
    // One line, whatever the value holds that is quoted in it.
    return new ConfigurationException(
        nameOf(setting) + ": " + CONTROL_CHARACTER.matcher(problem).replaceAll("?"));
  }

  /**
   * The settings that there are: name in the configuration file and default.
   * conf/sekisho.properties tells what each means.
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
    ACCESS_LOG("access-log", "off"),
    ACCESS_LOG_FILE("access-log.file", ""),
    MANAGEMENT_HOST("management.host", "127.0.0.1"),
    MANAGEMENT_PORT("management.port", "8081"),
    MANAGEMENT_SOCKET("management.socket", ""),
    MANAGEMENT_TOKEN("management.token", ""),
    MANAGEMENT_PROFILING("management.profiling", "false"),
    DATA_DIR("data.dir", "var"),
    REDIS_URL("redis.url", ""),
    REDIS_CA_FILE("redis.ca-file", ""),
    REDIS_KEY_PREFIX("redis.key-prefix", "{sekisho}:"),
    REDIS_TIMEOUT("redis.timeout-ms", "2000"),
    REDIS_COPIES("redis.copies", "0"),
    REDIS_MAX_WAITING("redis.max-waiting", "5000"),
    REDIS_RECENT("redis.recent-mb", "16"),
    MYSQL_URL("mysql.url", ""),
    MYSQL_CA_FILE("mysql.ca-file", ""),
    MYSQL_TIMEOUT("mysql.timeout-ms", "30000"),
    MYSQL_LOCAL_SLOW_LOG("mysql.local-slow-log-ms", "0"),
    USER_LOCK_THRESHOLD("user.lock.threshold", "3"),
    IP_BAN_THRESHOLD("ip.ban.threshold", "10"),
    IP_IPV6_PREFIX("ip.ipv6-prefix", "64"),
    SESSION_KEY("session.key", ""),
    SESSION_LIFETIME("session.lifetime-s", "86400"),
    SESSION_SECURE("session.secure", "false"),
    TIME_ZONE("time.zone", "UTC"),
    CONTACT("contact", ""),
    TRUSTED_PROXIES("trusted.proxies", "127.0.0.1/32, ::1/128"),
    REPORT_ALLOW("report.allow", "127.0.0.0/8, ::1"),
    REPORT_TIMEOUT("report.timeout-ms", "30000"),
    FLUSH_THRESHOLD("flush.threshold", "100000"),
    FLUSH_CHUNK("flush.chunk", "5000"),
    FLUSH_MAX_AGE("flush.max-age-s", "60"),
    WARM_UP("warm-up-ms", "1000"),
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

  /**
   * Takes secrets from files, as container platforms and systemd hand them out: {@code
   * SEKISHO_SESSION_KEY_FILE} names a file that holds what {@code SEKISHO_SESSION_KEY} would.
   */
  static final class SecretFiles {

    private static final List<Setting> SECRETS =
        List.of(
            Setting.SESSION_KEY, Setting.MANAGEMENT_TOKEN, Setting.REDIS_URL, Setting.MYSQL_URL);
    private static final String SUFFIX = "_FILE";
    private static final int LONGEST = 64 * 1024;

    private SecretFiles() {}

    /**
     * Replaces variables that name files by those that they stand for.
     *
     * @param environment the variables
     * @return the variables with the files' contents, without white space around them
     * @throws ConfigurationException when a file can't be read, or a secret is given twice
     */
    static Map<String, String> read(Map<String, String> environment) {
      Map<String, String> read = new HashMap<>(environment);
      for (Setting secret : SECRETS) {
        String variable = secret.variable() + SUFFIX;
        String file = read.remove(variable);
        if (file != null && read.putIfAbsent(secret.variable(), contents(variable, file)) != null) {
          throw new ConfigurationException(
              variable + ": set it or " + secret.variable() + ", not both");
        }
      }
      return read;
    }

    /**
     * Messages do not quote the file's name: somebody may have put the secret itself in its place.
     */
    private static String contents(String variable, String file) {
      try {
        Path path = SettingsLoader.path(variable, file);
        if (Files.size(path) <= LONGEST) {
          return Files.readString(path).strip();
        }
        throw new ConfigurationException(variable + ": the file is too big to hold a secret");
      } catch (NoSuchFileException e) {
        throw new ConfigurationException(variable + ": there is no such file");
      } catch (IOException e) {
        throw new ConfigurationException(
            variable + ": the file cannot be read as text: " + FileProblem.reason(e));
      }
    }
  }
}
