package sekisho.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.app.SettingsLoader.Setting;
import sekisho.http.connection.ConnectionLimits;
import sekisho.http.connection.UnixSocket;
import sekisho.login.Thresholds;
import sekisho.net.IpAddress;

class SettingsLoaderTest {

  private static final Path SHIPPED_FILE = Path.of("conf", "sekisho.properties");

  @TempDir private Path directory;

  private static Settings withVariables(String... namesAndValues) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      environment.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return SettingsLoader.load(Optional.empty(), environment);
  }

  private Settings withFile(String text, String... namesAndValues) throws IOException {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      environment.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return SettingsLoader.load(
        Optional.of(Files.writeString(directory.resolve("test.properties"), text)), environment);
  }

  @Test
  void theShippedFileListsEverySettingWithItsDefaultAndNoOther() throws IOException {
    Properties shipped = new Properties();
    try (Reader reader = Files.newBufferedReader(SHIPPED_FILE)) {
      shipped.load(reader);
    }
    assertThat(new TreeMap<>(shipped))
        .isEqualTo(
            new TreeMap<>(
                Arrays.stream(Setting.values())
                    .collect(Collectors.toMap(Setting::key, Setting::defaultValue))));
  }

  @Test
  void theShippedFileExplainsEverySetting() throws IOException {
    List<String> lines = Files.readAllLines(SHIPPED_FILE);
    for (Setting setting : Setting.values()) {
      int line = lines.indexOf(setting.key() + "=" + setting.defaultValue());
      assertThat(line).as(setting.key()).isPositive();
      while (lines.get(line).startsWith("sekisho.")) {
        line--;
      }
      assertThat(lines.get(line))
          .as("above " + setting.key())
          .startsWith("# ")
          .doesNotContain("---");
    }
  }

  @Test
  void theVariablesHaveTheFixedNames() {
    assertThat(Arrays.stream(Setting.values()).map(Setting::variable))
        .doesNotHaveDuplicates()
        .contains(
            "SEKISHO_HTTP_HOST",
            "SEKISHO_HTTP_PORT",
            "SEKISHO_MANAGEMENT_PORT",
            "SEKISHO_REDIS_URL",
            "SEKISHO_MYSQL_URL",
            "SEKISHO_DATA_DIR",
            "SEKISHO_USER_LOCK_THRESHOLD",
            "SEKISHO_IP_BAN_THRESHOLD",
            "SEKISHO_SESSION_KEY",
            "SEKISHO_TRUSTED_PROXIES",
            "SEKISHO_REPORT_ALLOW");
  }

  @Test
  void theDefaultsAreThoseOfTheContract() {
    Settings settings = withVariables();
    assertThat(settings.http().host()).isEqualTo("127.0.0.1");
    assertThat(settings.http().port()).hasValue(8080);
    assertThat(settings.http().eventLoops()).isBetween(1, 4);
    assertThat(settings.dataDirectory()).isEqualTo(Path.of("var"));
    assertThat(settings.redis().url()).isEmpty();
    assertThat(settings.redis().keyPrefix()).isEqualTo("{sekisho}:");
    assertThat(settings.mysql().url()).isEmpty();
    assertThat(settings.thresholds()).isEqualTo(Thresholds.DEFAULT);
    assertThat(settings.session().keys()).isEmpty();
    assertThat(settings.session().secure()).isFalse();
    for (String proxy : List.of("127.0.0.1", "::1")) {
      assertThat(settings.trustedProxies().contains(IpAddress.parse(proxy))).isTrue();
    }
    assertThat(settings.trustedProxies().contains(IpAddress.parse("127.0.0.2"))).isFalse();
    for (String reader : List.of("127.0.0.1", "127.255.0.1", "::1")) {
      assertThat(settings.report().allow().contains(IpAddress.parse(reader))).isTrue();
    }
    assertThat(settings.report().allow().contains(IpAddress.parse("192.0.2.1"))).isFalse();
  }

  @Test
  void theShippedFileGivesTheSameSettingsAsNone() {
    Settings shipped = SettingsLoader.load(Optional.of(SHIPPED_FILE), Map.of());
    assertThat(shipped).usingRecursiveComparison().isEqualTo(withVariables());
  }

  @Test
  void theFileOverridesDefaultsAndTheEnvironmentOverridesTheFile() throws IOException {
    String file =
        "sekisho.http.port=1001\nsekisho.http.event-loops=2\nsekisho.user.lock.threshold=5\n";
    Settings settings =
        withFile(file, "SEKISHO_HTTP_PORT", "1002", "SEKISHO_HTTP_EVENT_LOOPS", "3");
    assertThat(settings.http().port()).hasValue(1002);
    assertThat(settings.http().eventLoops()).isEqualTo(3);
    assertThat(settings.thresholds()).isEqualTo(new Thresholds(5, 10));
  }

  @Test
  void anEmptyVariableOverridesTheFileToo() throws IOException {
    Settings settings =
        withFile(
            "sekisho.trusted.proxies=10.0.0.0/8\nsekisho.redis.url=redis://x\n",
            "SEKISHO_TRUSTED_PROXIES",
            "",
            "SEKISHO_REDIS_URL",
            "");
    assertThat(settings.trustedProxies().contains(IpAddress.parse("10.0.0.1"))).isFalse();
    assertThat(settings.redis().url()).isEmpty();
  }

  @Test
  void everySettingReachesItsPlace() {
    Settings settings =
        withVariables(
            "SEKISHO_HTTP_HOST",
            "::1",
            "SEKISHO_HTTP_PORT",
            "1",
            "SEKISHO_HTTP_EVENT_LOOPS",
            "7",
            "SEKISHO_HTTP_MAX_CONNECTIONS",
            "8",
            "SEKISHO_HTTP_PROXY_PROTOCOL",
            "true",
            "SEKISHO_HTTP_CONNECTIONS_PER_ADDRESS",
            "21",
            "SEKISHO_HTTP_IDLE_TIMEOUT_S",
            "22",
            "SEKISHO_HTTP_REQUEST_TIMEOUT_S",
            "23",
            "SEKISHO_HTTP_ANSWER_TIMEOUT_S",
            "24",
            "SEKISHO_IP_IPV6_PREFIX",
            "25",
            "SEKISHO_MANAGEMENT_HOST",
            "127.0.0.9",
            "SEKISHO_MANAGEMENT_PORT",
            "2",
            "SEKISHO_DATA_DIR",
            "/x",
            "SEKISHO_REDIS_URL",
            "redis://r",
            "SEKISHO_REDIS_CA_FILE",
            "/r.pem",
            "SEKISHO_MYSQL_CA_FILE",
            "/m.pem",
            "SEKISHO_REDIS_KEY_PREFIX",
            "{p}",
            "SEKISHO_REDIS_TIMEOUT_MS",
            "11",
            "SEKISHO_REDIS_COPIES",
            "2",
            "SEKISHO_REDIS_MAX_WAITING",
            "12",
            "SEKISHO_REDIS_RECENT_MB",
            "13",
            "SEKISHO_MYSQL_URL",
            "mysql://m",
            "SEKISHO_MYSQL_TIMEOUT_MS",
            "13",
            "SEKISHO_USER_LOCK_THRESHOLD",
            "14",
            "SEKISHO_IP_BAN_THRESHOLD",
            "15",
            "SEKISHO_SESSION_LIFETIME_S",
            "16",
            "SEKISHO_SESSION_SECURE",
            "true",
            "SEKISHO_TIME_ZONE",
            "Asia/Tokyo",
            "SEKISHO_CONTACT",
            "Ask <us>",
            "SEKISHO_REPORT_TIMEOUT_MS",
            "17",
            "SEKISHO_FLUSH_THRESHOLD",
            "18",
            "SEKISHO_FLUSH_CHUNK",
            "19",
            "SEKISHO_FLUSH_MAX_AGE_S",
            "20",
            "SEKISHO_WARM_UP_MS",
            "21",
            "SEKISHO_SHUTDOWN_TIMEOUT_MS",
            "20",
            "SEKISHO_SHUTDOWN_DRAIN_MS",
            "19",
            "SEKISHO_HTTP_SOCKET",
            "/s.sock",
            "SEKISHO_HTTP_SOCKET_MODE",
            "0600",
            "SEKISHO_SESSION_KEY",
            "00".repeat(32) + "," + "11".repeat(32));
    assertThat(settings.http())
        .isEqualTo(
            new Settings.Http(
                "::1",
                OptionalInt.of(1),
                Optional.of(
                    new UnixSocket(
                        Path.of("/s.sock"), PosixFilePermissions.fromString("rw-------"))),
                7,
                8,
                true));
    assertThat(settings.connections())
        .isEqualTo(
            new ConnectionLimits(
                21, Duration.ofSeconds(22), Duration.ofSeconds(23), Duration.ofSeconds(24)));
    assertThat(settings.ipv6Prefix()).isEqualTo(25);
    assertThat(settings.management())
        .isEqualTo(
            new Settings.Management("127.0.0.9", 2, Optional.empty(), Optional.empty(), false));
    assertThat(settings.dataDirectory()).isEqualTo(Path.of("/x"));
    assertThat(settings.redis())
        .isEqualTo(
            new Settings.Redis(
                Optional.of("redis://r"),
                Optional.of(Path.of("/r.pem")),
                "{p}",
                Duration.ofMillis(11),
                2,
                12,
                13 * 1024 * 1024));
    assertThat(settings.mysql())
        .isEqualTo(
            new Settings.MySql(
                Optional.of("mysql://m"),
                Optional.of(Path.of("/m.pem")),
                Duration.ofMillis(13),
                Duration.ZERO));
    assertThat(settings.thresholds()).isEqualTo(new Thresholds(14, 15));
    assertThat(settings.session().keys()).hasSize(2);
    assertThat(settings.session().lifetime()).isEqualTo(Duration.ofSeconds(16));
    assertThat(settings.session().secure()).isTrue();
    assertThat(settings.zone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
    assertThat(settings.contact()).isEqualTo("Ask <us>");
    assertThat(settings.report().timeout()).isEqualTo(Duration.ofMillis(17));
    assertThat(settings.flush()).isEqualTo(new Settings.Flush(18, 19, Duration.ofSeconds(20)));
    assertThat(settings.warmUp()).isEqualTo(Duration.ofMillis(21));
    assertThat(settings.shutdown())
        .isEqualTo(new Settings.Shutdown(Duration.ofMillis(19), Duration.ofMillis(20)));
  }

  @ParameterizedTest
  @CsvSource({
    "SEKISHO_TRUSTED_PROXY, SEKISHO_TRUSTED_PROXIES",
    "SEKISHO_HTTP_PROT, SEKISHO_HTTP_PORT",
    "SEKISHO_USER_LOCK_TRESHOLD, SEKISHO_USER_LOCK_THRESHOLD"
  })
  void namesTheSettingThatWasMeant(String unknown, String meant) {
    assertThatThrownBy(() -> withVariables(unknown, "1"))
        .hasMessageContaining("(did you mean " + meant + "?)");
  }

  @Test
  void namesNoneThatWasNotMeant() {
    assertThatThrownBy(() -> withVariables("SEKISHO_ANYTHING", "1"))
        .hasMessageNotContaining("did you mean");
  }

  @Test
  void anEmptyPortOpensNoTcpListener() throws IOException {
    assertThat(withVariables("SEKISHO_HTTP_PORT", "", "SEKISHO_HTTP_SOCKET", "/s").http().port())
        .isEmpty();
    assertThat(withFile("sekisho.http.port=\nsekisho.http.socket=/s").http().port()).isEmpty();
    assertThat(
            withFile("sekisho.http.port=1", "SEKISHO_HTTP_PORT", " ", "SEKISHO_HTTP_SOCKET", "/s")
                .http()
                .port())
        .isEmpty();
    assertThat(withVariables("SEKISHO_HTTP_SOCKET", "s").http().socket().orElseThrow().path())
        .isAbsolute();
  }

  @Test
  void theModeOfTheSocketIsReadAsOctal() {
    for (String mode :
        List.of("rw-rw-rw-,0666", "rwxr-x--x,751", "---------,000", "rw-rw----,0660")) {
      assertThat(
              withVariables(
                      "SEKISHO_HTTP_SOCKET", "/s", "SEKISHO_HTTP_SOCKET_MODE", mode.split(",")[1])
                  .http()
                  .socket()
                  .orElseThrow()
                  .mode())
          .isEqualTo(PosixFilePermissions.fromString(mode.split(",")[0]));
    }
  }

  @Test
  void aSocketPathIsNotLongerThanTheSystemTakes() {
    assertThat(withVariables("SEKISHO_HTTP_SOCKET", "/" + "s".repeat(106)).http().socket())
        .isPresent();
    assertThatThrownBy(() -> withVariables("SEKISHO_HTTP_SOCKET", "/" + "s".repeat(107)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("at most 107 bytes")
        .hasMessageEndingWith("has 108");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://:p${ENV}w@h",
        "redis://:$$@h",
        "redis://:\\${x}@h",
        "redis://:a,b@h",
        "redis://:%24@h"
      })
  void aPasswordIsTakenAsItIsWritten(String url) {
    assertThat(withVariables("SEKISHO_REDIS_URL", url).redis().url()).contains(url);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "SHUTDOWN_DRAIN",
        "HTTP_EVENT_LOOPS",
        "MANAGEMENT_PORT",
        "REDIS_TIMEOUT",
        "REDIS_COPIES",
        "REDIS_MAX_WAITING",
        "REDIS_RECENT",
        "MYSQL_TIMEOUT",
        "USER_LOCK_THRESHOLD",
        "IP_BAN_THRESHOLD",
        "SESSION_LIFETIME",
        "REPORT_TIMEOUT",
        "FLUSH_THRESHOLD",
        "FLUSH_CHUNK",
        "SHUTDOWN_TIMEOUT",
        "HTTP_CONNECTIONS_PER_ADDRESS",
        "HTTP_IDLE_TIMEOUT",
        "HTTP_REQUEST_TIMEOUT",
        "HTTP_ANSWER_TIMEOUT",
        "IP_IPV6_PREFIX"
      })
  void aNumberThatIsNoneOrOutOfRangeIsNamed(Setting setting) throws IOException {
    for (String value :
        List.of("many", "", "1.5", "-1", "99999999999999999999", "2147483647", "0x10", "1 000")) {
      assertThatThrownBy(() -> withVariables(setting.variable(), value))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageMatching(
              setting.variable() + ": must be a whole number from \\d+ to \\d+, not '.*'");
      assertThatThrownBy(() -> withFile(setting.key() + "=" + value))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith(setting.key() + ": must be a whole number");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SEKISHO_TIME_ZONE       | Mars/Olympus      | must be a time zone such as UTC or Asia/Tokyo, not 'Mars/Olympus'",
        "SEKISHO_TIME_ZONE       | ''                | must be a time zone such as UTC or Asia/Tokyo, not ''",
        "SEKISHO_TRUSTED_PROXIES | 10.0.0.0/33       | '10.0.0.0/33' is not an address block",
        "SEKISHO_TRUSTED_PROXIES | 10.0.0.1/8        | '10.0.0.1/8' is not an address block",
        "SEKISHO_REPORT_ALLOW    | localhost         | 'localhost' is not an address block",
        "SEKISHO_REPORT_ALLOW    | 127.0.0.1,        | '' is not an address block",
        "SEKISHO_SESSION_SECURE  | yes               | must be true or false, not 'yes'",
        "SEKISHO_HTTP_PROXY_PROTOCOL | v2            | must be true or false, not 'v2'",
        "SEKISHO_IP_IPV6_PREFIX  | 0                 | must be a whole number from 1 to 128, not '0'",
        "SEKISHO_IP_IPV6_PREFIX  | 129               | must be a whole number from 1 to 128, not '129'",
        "SEKISHO_SESSION_KEY     | 0102              | a session key needs at least 32 bytes",
        "SEKISHO_HTTP_HOST       | ''                | must not be empty",
        "SEKISHO_MANAGEMENT_HOST | ' '               | must not be empty",
        "SEKISHO_MANAGEMENT_TOKEN | secret            | must be a token of 16 or more letters",
        "SEKISHO_DATA_DIR        | ''                | must not be empty",
        "SEKISHO_REDIS_KEY_PREFIX| ''                | must not be empty",
        "SEKISHO_HTTP_PORT       | 1.5               | must be a whole number from 0 to 65535, not '1.5'",
        "SEKISHO_HTTP_PORT       | ''                | must not be empty unless sekisho.http.socket names a Unix socket",
        "SEKISHO_HTTP_SOCKET_MODE| 0888              | must be an octal file mode",
        "SEKISHO_HTTP_SOCKET_MODE| rw-rw----         | must be an octal file mode",
        "SEKISHO_HTTP_SOCKET_MODE| 1660              | must be an octal file mode",
        "SEKISHO_HTTP_SOCKET_MODE| ''                | must be an octal file mode",
        "SEKISHO_SHUTDOWN_DRAIN_MS| 8000             | must be less than sekisho.shutdown.timeout-ms",
        "SEKISHO_MANAGEMENT_PORT | 8080              | must not be the port of"
      })
  void aWrongValueIsNamedInOneLine(String variable, String value, String problem) {
    assertThatThrownBy(() -> withVariables(variable, value))
        .isInstanceOf(ConfigurationException.class)
        .message()
        .startsWith(variable + ": ")
        .contains(problem)
        .doesNotContain("\n");
  }

  @Test
  void twoFreePortsAreNoContradiction() {
    Settings settings = withVariables("SEKISHO_HTTP_PORT", "0", "SEKISHO_MANAGEMENT_PORT", "0");
    assertThat(settings.management().port()).isZero();
  }

  @Test
  void unknownSettingsAreNamedAllAtOnce() {
    assertThatThrownBy(
            () ->
                withVariables(
                    "SEKISHO_HTTP_PROT", "1", "SEKISHO_BAN", "2", "SEKISHO_HTTP_PORT", "3"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "unknown setting SEKISHO_BAN, SEKISHO_HTTP_PROT in the environment; "
                + "conf/sekisho.properties lists those that there are");
    assertThatThrownBy(() -> withFile("sekisho.http.prot=1\nsekisho.http.port=2\nport=3\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("unknown setting port, sekisho.http.prot in " + directory);
  }

  @Test
  void otherPeoplesVariablesAreNoneOfOurBusiness() {
    assertThat(
            withVariables(
                    "PATH",
                    "/bin",
                    "SEKISH",
                    "x",
                    "sekisho_http_port",
                    "1",
                    "HTTP_PORT",
                    "2",
                    "SEKISHO_CONFIG",
                    "x",
                    "SEKISHO_TEST_SERVERS_PATH",
                    "y")
                .http()
                .port())
        .hasValue(8080);
  }

  @Test
  void aNamedFileThatIsMissingIsNamed() {
    assertThatThrownBy(() -> SettingsLoader.load(Map.of("SEKISHO_CONFIG", "/no/such/file")))
        .isInstanceOf(ConfigurationException.class)
        .message()
        .contains("/no/such/file")
        .doesNotContain("\n");
  }

  @Test
  void theNamedFileIsRead() throws IOException {
    Path file =
        Files.writeString(directory.resolve("other.properties"), "sekisho.http.port=4711\n");
    assertThat(SettingsLoader.load(Map.of("SEKISHO_CONFIG", file.toString())).http().port())
        .hasValue(4711);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sekisho.http.port=\\u00zz", "\\u12"})
  void aFileThatIsBrokenIsNamed(String text) {
    assertThatThrownBy(() -> withFile(text))
        .isInstanceOf(ConfigurationException.class)
        .message()
        .contains("test.properties")
        .doesNotContain("\n");
  }

  @Test
  void aDirectoryIsNoFile() {
    assertThatThrownBy(() -> SettingsLoader.load(Optional.of(directory), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(directory.toString());
  }

  @Test
  void secretsMayComeFromFiles() throws IOException {
    Path key = Files.writeString(directory.resolve("key"), "00".repeat(32) + "\n");
    Path redis = Files.writeString(directory.resolve("redis"), "  redis://:sesame@r\n\n");
    Path mysql = Files.writeString(directory.resolve("mysql"), "mysql://u:sesame@m/d");
    Settings settings =
        withVariables(
            "SEKISHO_SESSION_KEY_FILE",
            key.toString(),
            "SEKISHO_REDIS_URL_FILE",
            redis.toString(),
            "SEKISHO_MYSQL_URL_FILE",
            mysql.toString());
    assertThat(settings.session().keys()).hasSize(1);
    assertThat(settings.redis().url()).contains("redis://:sesame@r");
    assertThat(settings.mysql().url()).contains("mysql://u:sesame@m/d");
  }

  @Test
  void whatIsWrongWithASecretsFileIsSaidInOneLine() throws IOException {
    Path bad = Files.writeString(directory.resolve("bad"), "sesame");
    assertThatThrownBy(() -> withVariables("SEKISHO_SESSION_KEY_FILE", bad.toString()))
        .isInstanceOf(ConfigurationException.class)
        .message()
        .startsWith("SEKISHO_SESSION_KEY: ")
        .doesNotContain("sesame");
    assertThatThrownBy(
            () ->
                withVariables(
                    "SEKISHO_REDIS_URL_FILE", bad.toString(), "SEKISHO_REDIS_URL", "redis://r"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("SEKISHO_REDIS_URL_FILE: set it or SEKISHO_REDIS_URL, not both");
    assertThatThrownBy(
            () -> withVariables("SEKISHO_REDIS_URL_FILE", directory.resolve("none").toString()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("SEKISHO_REDIS_URL_FILE: there is no such file");
    for (String file : List.of(directory.toString(), "", "a\0b")) {
      assertThatThrownBy(() -> withVariables("SEKISHO_MYSQL_URL_FILE", file))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("SEKISHO_MYSQL_URL_FILE: ")
          .hasMessageNotContaining("\n");
    }
    assertThatThrownBy(() -> withVariables("SEKISHO_HTTP_PORT_FILE", bad.toString()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("unknown setting SEKISHO_HTTP_PORT_FILE");
  }

  @Test
  void noSecretIsInTheText() {
    String key = "5ec2e7".repeat(11);
    Settings settings =
        withVariables(
            "SEKISHO_REDIS_URL",
            "redis://user:sesame@r",
            "SEKISHO_MYSQL_URL",
            "mysql://u:sesame@m/d",
            "SEKISHO_SESSION_KEY",
            key);
    assertThat(settings.toString()).doesNotContain("sesame", key, "5ec2e7");
    assertThat(settings.withStores("redis://:sesame@r", "mysql://u:sesame@m/d").toString())
        .doesNotContain("sesame");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sesamesesamesesamesesamesesamesesa", "5e5a4e", "sesame!"})
  void noSecretIsInTheMessageOfAWrongOne(String key) {
    assertThatThrownBy(() -> withVariables("SEKISHO_SESSION_KEY", key))
        .message()
        .doesNotContain(key);
  }

  /** Whatever an operator writes, he gets settings or one line that names the setting. */
  @Property(tries = 3000)
  void anyValueOfAnySettingIsTakenOrNamed(@ForAll Setting setting, @ForAll String value) {
    if (value.indexOf('\0') >= 0) {
      return; // no environment can hold it
    }
    try {
      withVariables(setting.variable(), value);
    } catch (ConfigurationException e) {
      assertThat(e.getMessage()).startsWith(setting.variable() + ": ").doesNotContain("\n", "\r");
    }
  }
}
