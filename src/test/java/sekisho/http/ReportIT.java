package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import sekisho.app.Service;
import sekisho.login.Outcome;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;

/** The report (SPEC.md, sections 2 and 5). */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReportIT {

  private static final String REQUEST = "GET /report HTTP/1.1\r\nHost: sekisho.test\r\n\r\n";

  /** What each of ten clients reads, and what each of two others gets banned meanwhile. */
  private static final int REPORTS = 20;

  private static final int MOST_BANNED = 500;

  @RegisterExtension static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

  private static void ban(String address) {
    try (Browser browser = SERVICE.browserAt(address)) {
      for (int i = 0; i < 10; i++) {
        assertThat(browser.login("nobody", "x")).isEqualTo(Outcome.WRONG);
      }
    }
  }

  private static void lock(TestUser user) {
    try (Browser browser = SERVICE.browser()) {
      for (int i = 0; i < 3; i++) {
        browser.fail(user);
      }
    }
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.textValue()));
    return texts;
  }

  @Test
  @Order(1)
  void emptyListsAreEmptyLists() {
    HttpReply reply = SERVICE.report();
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("application/json");
    assertThat(reply.text()).isEqualTo("{\"banned_ips\":[],\"locked_users\":[]}");
  }

  @Test
  @Order(2)
  void theListsAreSortedAndTheSameStateGivesTheSameBytes() {
    Service another = SERVICE.another();
    for (String name :
        List.of(
            "e\u0301",
            "a",
            "🚧🚧🚧",
            "関所の番人",
            "\u00e9",
            "A",
            "tab\there",
            "O'Brien\"; DROP TABLE users; --")) {
      lock(SERVICE.hostile(name));
    }
    for (String address : List.of("9.9.9.9", "2001:db8::2", "10.0.0.2", "10.0.0.10")) {
      ban(address);
    }
    HttpReply report = SERVICE.report();
    assertThat(texts(report.json().get("banned_ips")))
        .containsExactly("10.0.0.10", "10.0.0.2", "2001:db8::/64", "9.9.9.9");
    assertThat(texts(report.json().get("locked_users")))
        .containsExactly(
            "A",
            "O'Brien\"; DROP TABLE users; --",
            "a",
            "e\u0301",
            "tab\there",
            "\u00e9",
            "関所の番人",
            "🚧🚧🚧");
    assertThat(SERVICE.report().body()).isEqualTo(report.body());
    assertThat(HttpProbe.once(another.port(), REQUEST).body()).isEqualTo(report.body());
    SERVICE.stop();
    SERVICE.start();
    assertThat(SERVICE.report().body()).isEqualTo(report.body());
  }

  @Test
  void aSuccessTakesUserAndAddressOffTheLists() {
    TestUser user = SERVICE.newUser();
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      for (int i = 0; i < 9; i++) {
        browser.login("nobody", "x");
      }
      assertThat(SERVICE.reported("banned_ips")).doesNotContain(address);
      assertThat(browser.login(user)).isEqualTo(Outcome.SUCCESS);
      assertThat(browser.login("nobody", "x")).isEqualTo(Outcome.WRONG);
      assertThat(SERVICE.reported("banned_ips")).doesNotContain(address);
    }
  }

  @Test
  void everythingAnsweredBeforeIsInTheReportWhicheverInstanceAnswered() {
    Service another = SERVICE.another();
    for (int round = 0; round < 20; round++) {
      TestUser user = SERVICE.newUser();
      String address = SERVICE.newAddress();
      try (Browser browser =
          new Browser(round % 2 == 0 ? another.port() : SERVICE.port(), address)) {
        for (int i = 0; i < 3; i++) {
          browser.fail(user);
        }
        assertThat(SERVICE.reported("locked_users")).contains(user.login());
        for (int i = 0; i < 7; i++) {
          browser.login("nobody", "x");
        }
        assertThat(SERVICE.reported("banned_ips")).contains(address);
      }
    }
  }

  /**
   * Failures go on at two instances while ten clients read reports: none may lack what was answered
   * before it was asked for.
   */
  @Test
  void tenReportsAtOnceLackNothingWhileLoginsGoOn() throws Exception {
    Service another = SERVICE.another();
    Set<String> banned = ConcurrentHashMap.newKeySet();
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Integer>> work = new ArrayList<>();
      for (int port : List.of(SERVICE.port(), another.port())) {
        work.add(threads.submit(() -> banOneAfterTheOther(port, banned, done)));
      }
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        int port = i % 2 == 0 ? SERVICE.port() : another.port();
        readers.add(threads.submit(() -> readReports(port, banned)));
      }
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isEqualTo(REPORTS);
      }
      done.set(true);
      for (Future<Integer> writer : work) {
        assertThat(writer.get()).isPositive();
      }
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
    assertThat(SERVICE.sql().query("SELECT COUNT(*) = MAX(id) - MIN(id) + 1 FROM login_log"))
        .as("ids have no gap")
        .containsExactly("1");
  }

  private static int banOneAfterTheOther(int port, Set<String> banned, AtomicBoolean done) {
    int count = 0;
    try (Browser browser = new Browser(port, null)) {
      while (!done.get() && count < MOST_BANNED) {
        String address = SERVICE.newAddress();
        browser.from(address);
        for (int i = 0; i < 10; i++) {
          browser.post("/login", "login=nobody&password=x");
        }
        banned.add(address);
        count++;
      }
    }
    return count;
  }

  private static int readReports(int port, Set<String> banned) {
    try (HttpProbe connection = new HttpProbe(port)) {
      for (int i = 0; i < REPORTS; i++) {
        Set<String> before = new HashSet<>(banned);
        connection.send(REQUEST);
        HttpReply reply = connection.receive();
        assertThat(reply.status()).isEqualTo(200);
        List<String> listed = texts(reply.json().get("banned_ips"));
        assertThat(listed).isSorted().doesNotHaveDuplicates().containsAll(before);
      }
      return REPORTS;
    }
  }
}
