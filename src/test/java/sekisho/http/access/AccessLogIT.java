package sekisho.http.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.login.Outcome;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

/** Lines of a running service, files that grow, and a disk that does not keep up. */
class AccessLogIT {

  @TempDir Path directory;

  private static AccessLogEntry entry(String uri) {
    return new AccessLogEntry(Instant.EPOCH, "-", "GET", uri, 200, 1, 1, 0, "-", "-", "-");
  }

  @ParameterizedTest
  @EnumSource
  void aServiceWritesALineForEachRequest(AccessLogFormat format) throws IOException {
    Path file = directory.resolve("access.log");
    try (ServiceHome home =
        new ServiceHome()
            .with(SmallStores.withUsers(TestServers.shared(), 1))
            .with("SEKISHO_ACCESS_LOG", format.label())
            .with("SEKISHO_ACCESS_LOG_FILE", file.toString())) {
      ServiceProcess service = home.startReady("serve");
      try (Browser browser = new Browser(home.port(), "203.0.113.9")) {
        assertThat(browser.login("user1", "not the password")).isEqualTo(Outcome.WRONG);
        assertThat(browser.login("user1", "password1")).isEqualTo(Outcome.SUCCESS);
        browser.get("/mypage?password=typed-in-the-wrong-place");
        browser.get("/nowhere");
        browser.head("/");
      }
      assertThat(HttpProbe.once(home.port(), "NO HTTP\r\n\r\n").status()).isEqualTo(400);
      Until.isTrue("all are written", () -> entries(file).size() == 6);
      List<AccessLogEntry> read = entries(file);
      assertThat(read.subList(0, 5))
          .extracting(entry -> entry.method() + " " + entry.uri() + " " + entry.status())
          .containsExactly(
              "POST /login 302",
              "POST /login 302",
              "GET /mypage 200",
              "GET /nowhere 404",
              "HEAD / 200");
      assertThat(read.get(5).status()).isEqualTo(400);
      assertThat(read.subList(0, 5)).allMatch(entry -> entry.client().equals("203.0.113.9"));
      assertThat(read.get(2).size()).isPositive();
      assertThat(read.get(4).size()).isZero();
      if (format != AccessLogFormat.COMBINED) {
        assertThat(read)
            .extracting(AccessLogEntry::outcome)
            .containsExactly("wrong", "success", "-", "-", "-", "-");
        assertThat(read.get(0).storeNanos()).isBetween(1L, read.get(0).requestNanos());
        assertThat(read.get(2).storeNanos()).isBetween(1L, read.get(2).requestNanos());
        assertThat(read.get(3).storeNanos()).isZero();
      }
      assertThat(Files.readString(file))
          .doesNotContain("not the password", "password1", "typed", "sekisho_session");
      service.signal("TERM");
      assertThat(service.awaitEnd().status()).isZero();
      assertThat(home.run("access-log", file.toString()).out())
          .contains("POST /login (3xx 2)", "GET /mypage (2xx 1)");
      assertThat(home.run("access-log", "--json", file.toString()).out())
          .contains("\"other_lines\" : 0");
      assertThat(home.run("access-log", directory.resolve("none").toString()).status())
          .isEqualTo(1);
    }
  }

  /** But for the notices that a browser reads. */
  private static List<AccessLogEntry> entries(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(line -> AccessLogFormat.readAny(line).orElseThrow())
          .filter(entry -> !(entry.method() + entry.uri()).equals("GET/"))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Test
  void onTheStandardOutputWithoutAFile() {
    try (ServiceHome home =
        new ServiceHome()
            .with(SmallStores.withUsers(TestServers.shared(), 1))
            .with("SEKISHO_ACCESS_LOG", "ltsv")) {
      ServiceProcess service = home.startReady("serve");
      try (Browser browser = new Browser(home.port(), "203.0.113.9")) {
        browser.get("/");
      }
      service.awaitPrinted("host:203.0.113.9\tmethod:GET\turi:/\tstatus:200");
    }
  }

  @Test
  void aFileThatCannotBeWrittenStopsTheStartWithALine() {
    try (ServiceHome home =
        new ServiceHome()
            .with(SmallStores.withUsers(TestServers.shared(), 1))
            .with("SEKISHO_ACCESS_LOG", "json")
            .with("SEKISHO_ACCESS_LOG_FILE", directory.resolve("no/such/directory").toString())) {
      ServiceHome.Finished end = home.run("serve");
      assertThat(end.status()).isEqualTo(1);
      assertThat(end.err())
          .startsWith("sekisho: sekisho.access-log.file: cannot write ")
          .hasLineCount(1);
    }
  }

  @Test
  void filesAreKeptUpToTheirNumber() throws Exception {
    Path file = directory.resolve("access.log");
    try (AccessLog log = AccessLog.open(AccessLogFormat.LTSV, Optional.of(file), 2_000, () -> {})) {
      for (int i = 0; i < 30_000 && !Files.exists(directory.resolve("access.log.4")); i++) {
        log.add(entry("/" + i));
        LockSupport.parkNanos(2_000_000);
      }
      for (int i = 0; i < 500; i++) {
        log.add(entry("/" + i));
        LockSupport.parkNanos(1_000_000);
      }
    }
    try (var files = Files.list(directory)) {
      assertThat(files.map(each -> each.getFileName().toString()).sorted())
          .containsExactly(
              "access.log", "access.log.1", "access.log.2", "access.log.3", "access.log.4");
    }
  }

  @Test
  void whatCannotBeWrittenInTimeIsDroppedAndCounted() throws Exception {
    AtomicInteger dropped = new AtomicInteger();
    Path file = directory.resolve("access.log");
    int added = 400_000;
    try (AccessLog log =
        AccessLog.open(
            AccessLogFormat.JSON, Optional.of(file), 1_000_000_000, dropped::incrementAndGet)) {
      for (int i = 0; i < added; i++) {
        log.add(entry("/"));
      }
    }
    assertThat(dropped.get()).isPositive();
    assertThat(Files.readAllLines(file)).hasSize(added - dropped.get());
  }

  @Test
  void aDirectoryIsNoFile() {
    assertThatThrownBy(
            () -> AccessLog.open(AccessLogFormat.LTSV, Optional.of(directory), 1, () -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot write ");
  }
}
