package sekisho.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.app.StoreConnections.TlsProblem;
import sekisho.net.HostPort;
import sekisho.redis.location.FixedLocation;
import sekisho.redis.location.RedisLocation;

/** What can be said of the stores' settings without a server; EncryptedStoresIT has real ones. */
class StoreOptionsTest {

  @TempDir private Path directory;

  private static RedisOptions redis(String url, Path ca) {
    return ((FixedLocation) location(url, ca, "{p}:")).options();
  }

  private static RedisLocation location(String url, Path ca, String prefix) {
    return StoreOptions.redis(
        new Settings.Redis(
            Optional.of(url), Optional.ofNullable(ca), prefix, Duration.ofSeconds(1), 0, 1, 0));
  }

  private static MySQLConnectOptions mySql(String url, Path ca) {
    return mySqlServers(url, ca).get(0);
  }

  private static List<MySQLConnectOptions> mySqlServers(String url, Path ca) {
    return StoreOptions.mySql(
        new Settings.MySql(
            Optional.of(url), Optional.ofNullable(ca), Duration.ofSeconds(1), Duration.ZERO));
  }

  @ParameterizedTest
  @CsvSource({
    "mysql://u:geheim@h/d,PREFERRED",
    "mysql://u:geheim@h/d?sslMode=DISABLED,DISABLED",
    "mysql://u:geheim@h/d?ssl-mode=required,REQUIRED",
    "mysql://u:geheim@h/d?charset=utf8mb4&SSLMODE=verify-ca,VERIFY_CA",
    "mysql://u:geheim@h/d?sslMode=VERIFY_IDENTITY,VERIFY_IDENTITY",
    "mysql://u:geheim@h/d?socket=/s.sock,DISABLED",
    "mysql://u:geheim@h/d?socket=/s.sock&sslMode=PREFERRED,PREFERRED",
    "mysql://u:a%3FsslMode%3DREQUIRED@h/d,PREFERRED",
    "mysql://u:geheim@h/d?user=a@b&sslMode=REQUIRED,REQUIRED"
  })
  void theModeOfTlsIsThatOfTheUrl(String url, SslMode mode) {
    assertThat(mySql(url, null).getSslMode()).isEqualTo(mode);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mysql://u:geheim@h/d?sslMode=VERIFY              | sslMode is not one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA and",
        "mysql://u:geheim@h/d?sslMode=                    | sslMode is not one of",
        "mysql://u:geheim@h/d?sslMode                     | is not a URL",
        "mysql://u:geheim@h/d?sslMod=VERIFY_CA            | unknown parameter 'sslmod'",
        "mysql://u:geheim@h/d?useSSL=true                 | unknown parameter 'usessl'",
        "mysql://u:geheim@h/d?requireSSL=true&port=3307 | unknown parameter 'requiressl'",
        "mysql://u:geheim@h/d?socket=/s&sslMode=REQUIRED  | TLS, which is not spoken on a socket",
        "mysql://u:geheim@h/d?socket=/s&sslMode=VERIFY_CA | TLS, which is not spoken on a socket"
      })
  void whatAUrlCannotMeanIsRefused(String url, String words) {
    assertThatThrownBy(() -> mySql(url, null))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("sekisho.mysql.url: ")
        .hasMessageContaining(words)
        .hasMessageNotContaining("geheim")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mysql://u:geheim@h/d                     | h:3306",
        "mysql://u:geheim@a,b:7/d                 | a:3306 b:7",
        "mysql://u:geheim@[::1]:5,[::2],c/d       | [::1]:5 [::2]:3306 c:3306",
        "mysql://u:a%2Cb@a,b/d?sslMode=DISABLED   | a:3306 b:3306"
      })
  void severalServersShareTheRestOfTheUrl(String url, String servers) {
    List<MySQLConnectOptions> read = mySqlServers(url, null);
    assertThat(
            read.stream()
                .map(server -> HostPort.text(server.getHost(), server.getPort()))
                .collect(Collectors.joining(" ")))
        .isEqualTo(servers);
    assertThat(read).allMatch(server -> server.getUser().equals("u"));
    assertThat(read)
        .extracting(MySQLConnectOptions::getPassword)
        .containsOnly(read.get(0).getPassword());
    assertThat(read).allMatch(server -> server.getDatabase().equals("d"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://u:geheim@a,/d",
        "mysql://u:geheim@,a/d",
        "mysql://u:geheim@a,,b/d",
        "mysql://u:geheim@a,b:x/d",
        "mysql://u:geheim@a,b",
        "mysql://u:geheim@a,b/d?socket=/s"
      })
  void serversThatAreNoneAreRefused(String url) {
    assertThatThrownBy(() -> mySqlServers(url, null))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("sekisho.mysql.url: ")
        .hasMessageNotContaining("geheim")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource({"DISABLED", "PREFERRED", "REQUIRED"})
  void authoritiesThatNobodyIsCheckedByAreAContradiction(String mode) {
    assertThatThrownBy(
            () -> mySql("mysql://u:geheim@h/d?sslMode=" + mode, directory.resolve("ca.pem")))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("sekisho.mysql.ca-file: is of no use with sslMode " + mode);
    assertThatThrownBy(() -> redis("redis://:geheim@h", directory.resolve("ca.pem")))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("sekisho.redis.ca-file: is of no use without TLS");
    assertThatThrownBy(() -> mySql("mysql://u:geheim@h/d?socket=/s", directory.resolve("ca.pem")))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("sekisho.mysql.ca-file: is of no use with sslMode DISABLED");
  }

  @Test
  void aFileWithoutCertificatesIsNamed() throws IOException {
    Path missing = directory.resolve("missing.pem");
    Path empty = Files.writeString(directory.resolve("empty.pem"), "");
    Path garbage =
        Files.writeString(directory.resolve("garbage.pem"), "-----BEGIN CERTIFICATE-----\nno\n");
    for (Path file : new Path[] {missing, empty, garbage, directory}) {
      assertThatThrownBy(() -> redis("rediss://:geheim@h", file))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("sekisho.redis.ca-file: ")
          .hasMessageContaining(file.toString())
          .hasMessageNotContaining("\n");
      assertThatThrownBy(() -> mySql("mysql://u:geheim@h/d", file))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("sekisho.mysql.ca-file: ")
          .hasMessageContaining(file.toString())
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void redisIsAskedForItsHostNameWheneverItSpeaksTls() {
    RedisOptions options = redis("rediss://:geheim@h", null);
    assertThat(options.getNetClientOptions().isSsl()).isTrue();
    assertThat(options.getNetClientOptions().getHostnameVerificationAlgorithm()).isEqualTo("HTTPS");
    assertThat(options.getNetClientOptions().isTrustAll()).isFalse();
    assertThat(redis("redis://h", null).getNetClientOptions().isSsl()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "redis-sentinel://a,b:1,[::1],[::2]:3/main      | the primary 'main' of the Sentinels a:26379, b:1, [::1]:26379, [::2]:3",
        "redis-sentinel://u:geheim@a/main/2             | the primary 'main' of the Sentinels a:26379",
        "rediss-sentinel://:geheim@a/main               | the primary 'main' of the Sentinels a:26379",
        "redis-cluster://u:geheim@a,b:7000              | the node that owns the keys in the Cluster of a:6379, b:7000",
        "rediss-cluster://a/                            | the node that owns the keys in the Cluster of a:6379",
      })
  void aRedisThatMovesIsCalledByThoseWhoKnowIt(String url, String name) {
    RedisLocation location = location(url, null, "{p}:");
    assertThat(location.canMove()).isTrue();
    assertThat(location.name()).isEqualTo(name).doesNotContain("geheim");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis-sentinel://geheim@a",
        "redis-sentinel://:geheim@a/",
        "redis-sentinel:///main",
        "redis-sentinel://:geheim@a,,b/main",
        "redis-sentinel://:geheim@a/main/x",
        "redis-sentinel://:geheim@a/main?x=1",
        "redis-sentinels://:geheim@a/main",
        "redis-cluster://:geheim@a/main",
        "redis-cluster://:geheim@a/1",
        "redis-cluster://",
        "redis-ring://:geheim@a",
        "redis-sentinel://:geheim@a:port/main",
        "redis-sentinel://:geheim@a:70000/main"
      })
  void aUrlOfServersThatKnowItIsCheckedBeforeItIsUsed(String url) {
    assertThatThrownBy(() -> location(url, null, "{p}:"))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("sekisho.redis.url: is not a URL such as redis-sentinel://")
        .hasMessageNotContaining("geheim")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sekisho:", "{}sekisho:", "{sekisho:", ""})
  void aClusterNeedsAHashTag(String prefix) {
    assertThatThrownBy(() -> location("redis-cluster://a", null, prefix))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("sekisho.redis.key-prefix: ")
        .hasMessageContaining("{sekisho}:");
    assertThat(location("redis-sentinel://a/main", null, prefix).canMove()).isTrue();
  }

  @Test
  void anExpiredCertificateIsSaid() {
    Throwable error =
        new SSLHandshakeException("failed").initCause(new CertificateExpiredException("NotAfter"));
    assertThat(TlsProblem.in(error, "ca"))
        .contains("its certificate is not valid now: renew it, or set the clock of this machine");
    assertThat(TlsProblem.in(new SSLHandshakeException("certificate_required"), "ca"))
        .contains("TLS failed (certificate_required)");
    assertThat(TlsProblem.in(new IllegalStateException("other"), "ca")).isEmpty();
  }
}
