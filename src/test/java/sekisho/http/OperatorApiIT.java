package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.login.Outcome;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceHome;
import sekisho.testing.SmallStores;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

/** What operators do over HTTP, and who may. */
class OperatorApiIT {

  private static final SmallStores STORES = SmallStores.withUsers(TestServers.shared(), 3);
  private static final ServiceHome HOME = new ServiceHome().with(STORES);
  private static final String SESSION_KEY = "5e".repeat(32);
  private static String token;
  private static int addresses;

  @BeforeAll
  static void start() throws IOException {
    HOME.with("SEKISHO_MANAGEMENT_SOCKET", HOME.data().resolve("m.sock").toString())
        .with("SEKISHO_MANAGEMENT_PROFILING", "true")
        .with("SEKISHO_SESSION_KEY", SESSION_KEY);
    HOME.startReady("serve");
    Path file = HOME.data().resolve("management.token");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    token = Files.readString(file).strip();
  }

  @AfterAll
  static void close() {
    HOME.close();
  }

  private static HttpReply send(String method, String path, String body, String... headers) {
    List<String> lines = new ArrayList<>(List.of(headers));
    if (lines.stream().noneMatch(line -> line.startsWith("Host:"))) {
      lines.add("Host: localhost:" + HOME.managementPort());
    }
    if (!body.isEmpty()) {
      lines.add("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length);
      if (lines.stream().noneMatch(line -> line.startsWith("Content-Type:"))) {
        lines.add("Content-Type: application/json");
      }
    }
    return HttpProbe.once(
        HOME.managementPort(),
        method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", lines) + "\r\n\r\n" + body);
  }

  private static HttpReply get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  private static HttpReply act(String path, String body) {
    return send("POST", path, body, "Authorization: Bearer " + token);
  }

  private static String newAddress() {
    return "198.51.100." + ++addresses;
  }

  private static Outcome login(String address, String name, String password) {
    try (Browser browser = new Browser(HOME.port(), address)) {
      return browser.login(name, password);
    }
  }

  @Test
  void anAddressIsBannedExplainedAndPardoned() {
    String address = newAddress();
    HttpReply banned = act("/ban", "{\"subject\":\"" + address + "\",\"reason\":\"too loud\"}");
    assertThat(banned.status()).as(banned.toString()).isEqualTo(200);
    assertThat(banned.json().get("act").asText()).isEqualTo("ban");
    assertThat(banned.json().get("logged").asBoolean()).isTrue();
    assertThat(login(address, "user1", "password1")).isEqualTo(Outcome.BANNED);
    JsonNode explained = get("/explain/" + address).json();
    assertThat(explained.get("verdict").asText()).isEqualTo("banned");
    assertThat(explained.get("by_operator").asBoolean()).isTrue();
    assertThat(explained.at("/acts/0/operator").asText()).isEqualTo("token");
    assertThat(explained.at("/acts/0/reason").asText()).isEqualTo("too loud");
    assertThat(get("/report").json().get("banned_ips")).hasSize(1);
    assertThat(act("/pardon", "{\"subject\":\"" + address + "\"}").json().get("before").asText())
        .isEqualTo("banned");
    assertThat(login(address, "user1", "password1")).isEqualTo(Outcome.SUCCESS);
    assertThat(get("/explain/user1").json().at("/last_logins/0/address").asText())
        .isEqualTo(address);
  }

  @Test
  void usersAreLockedAndAddressesAllowed() {
    assertThat(act("/lock", "{\"subject\":\"user2\"}").status()).isEqualTo(200);
    assertThat(login(newAddress(), "user2", "password2")).isEqualTo(Outcome.LOCKED);
    assertThat(act("/pardon", "{\"subject\":\"user2\",\"user\":true}").status()).isEqualTo(200);
    assertThat(act("/allow", "{\"block\":\"203.0.113.0/24\"}").json().get("allowed").asText())
        .isEqualTo("203.0.113.0/24");
    assertThat(get("/allow").json().at("/0/operator").asText()).isEqualTo("token");
    assertThat(get("/explain/203.0.113.9").json().get("verdict").asText()).isEqualTo("allowed");
    assertThat(act("/ban", "{\"subject\":\"203.0.113.9\"}").json().get("error").asText())
        .contains("allow-list");
    assertThat(act("/disallow", "{\"block\":\"203.0.113.0/24\"}").status()).isEqualTo(200);
    assertThat(get("/status").json().get("problems")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/pardon", "/ban", "/lock", "/allow", "/disallow"})
  void actsNeedTheToken(String path) {
    String body = "{\"subject\":\"192.0.2.1\",\"block\":\"192.0.2.1\"}";
    for (String[] headers :
        new String[][] {
          {},
          {"Authorization: Bearer "},
          {"Authorization: Bearer " + token.substring(1)},
          {"Authorization: Bearer " + token + "x"},
          {"Authorization: Basic " + token},
          {"Cookie: token=" + token}
        }) {
      HttpReply refused = send("POST", path, body, headers);
      assertThat(refused.status()).as(String.join(",", headers)).isEqualTo(401);
      assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
      assertThat(refused.text()).doesNotContain(token);
    }
  }

  /** A page can send requests there under a name of its own (DNS rebinding), or as a form. */
  @ParameterizedTest
  @CsvSource({
    "GET, Host: evil.example, 403",
    "GET, Host: evil.example:8081, 403",
    "GET, Host: 192.0.2.1, 403",
    "GET, Host: 127.0.0.1.evil.example, 403",
    "GET, Host: localhost, 200",
    "GET, Host: [::1]:8081, 200",
    "GET, Host: 127.0.0.1, 200",
    "GET, Origin: http://evil.example, 403",
    "GET, Sec-Fetch-Site: cross-site, 403",
    "GET, Sec-Fetch-Site: same-site, 403",
    "GET, Sec-Fetch-Site: none, 200",
    "GET, Sec-Fetch-Site: same-origin, 200",
    "POST, Origin: null, 403",
    "POST, Sec-Fetch-Site: same-origin, 403",
    "POST, Content-Type: application/x-www-form-urlencoded, 415",
    "POST, Content-Type: text/plain, 415"
  })
  void requestsOfWebPagesAreRefused(String method, String header, int status) {
    HttpReply reply =
        method.equals("GET")
            ? get("/status", header)
            : send(
                "POST",
                "/pardon",
                "{\"subject\":\"192.0.2.1\"}",
                header,
                "Authorization: Bearer " + token);
    assertThat(reply.status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{", "[]", "null", "\"x\"", "{}", "{\"subject\":1}", "{\"subject\":\"\"}"})
  void whatIsNoRequestIsRefusedInALine(String body) {
    HttpReply refused = act("/pardon", body);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().get("error").asText()).startsWith("the body must ");
    assertThat(act("/pardon", "{\"subject\":\"nobody\"}").json().get("error").asText())
        .contains("no user 'nobody'");
    assertThat(get("/explain/nobody").status()).isEqualTo(400);
    assertThat(send("DELETE", "/allow", "", "Authorization: Bearer " + token).status())
        .isEqualTo(405);
  }

  @Test
  void aSocketForItsOwnerNeedsNoToken() throws IOException {
    Path socket = HOME.data().resolve("m.sock");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    Process curl =
        new ProcessBuilder(
                "curl",
                "-s",
                "--unix-socket",
                socket.toString(),
                "-H",
                "Content-Type: application/json",
                "-d",
                "{\"subject\":\"192.0.2.77\"}",
                "http://any/pardon")
            .start();
    JsonNode done = new ObjectMapper().readTree(curl.getInputStream());
    assertThat(done.get("act").asText()).isEqualTo("pardon");
  }

  @Test
  void theLiveViewIsOnePageAndAStream() throws IOException {
    HttpReply page = get("/live");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'none'", "connect-src 'self'", "sha256-");
    assertThat(page.text()).doesNotContain("src=", "href=", "@import", "url(");
    HttpReply head = send("HEAD", "/live", "");
    assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(page.body().length));
    assertThat(get("/live/events", "Sec-Fetch-Site: cross-site").status()).isEqualTo(403);
    login(newAddress(), "nobody", "x");
    Process curl =
        new ProcessBuilder(
                "curl",
                "-sN",
                "--max-time",
                "3",
                "http://127.0.0.1:" + HOME.managementPort() + "/live/events")
            .start();
    String stream = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<String> frames = stream.lines().filter(line -> line.startsWith("data: ")).toList();
    assertThat(frames).hasSizeGreaterThan(1);
    JsonNode frame = new ObjectMapper().readTree(frames.get(frames.size() - 1).substring(6));
    assertThat(frame.get("wrong").asLong()).isPositive();
    assertThat(frame.get("problem").isNull()).isTrue();
    assertThat(frame.at("/refused/newest/banned_ips").isArray()).isTrue();
  }

  @Test
  void aProfileIsForHoldersOfATokenAndHoldsNoSecret() {
    assertThat(get("/debug/profile").status()).isEqualTo(401);
    String mine = "Authorization: Bearer " + token;
    for (String seconds : List.of("0", "61", "-1", "x", "")) {
      assertThat(get("/debug/profile?seconds=" + seconds, mine).status()).isEqualTo(400);
    }
    HttpReply profile;
    try (HttpProbe first = new HttpProbe(HOME.managementPort())) {
      first.send(
          "GET /debug/profile?seconds=2 HTTP/1.1\r\nHost: localhost\r\n" + mine + "\r\n\r\n");
      Until.isTrue(
          "the second one is refused", () -> get("/debug/profile?seconds=1", mine).status() == 409);
      profile = first.receive();
    }
    assertThat(profile.status()).isEqualTo(200);
    assertThat(new String(profile.body(), StandardCharsets.ISO_8859_1))
        .startsWith("FLR\0")
        .doesNotContain(SESSION_KEY, token, STORES.mysqlUrl(), "SEKISHO_SESSION_KEY");
    try (ServiceHome plain = new ServiceHome().with(STORES)) {
      plain.startReady("serve");
      assertThat(
              HttpProbe.once(
                      plain.managementPort(),
                      "GET /debug/profile HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .status())
          .as("not enabled, and without a token")
          .isEqualTo(401);
    }
  }

  /** The description names what there is, no more and no less. */
  @Test
  void theDescriptionFitsTheRoutes() {
    Map<String, TreeSet<String>> described = new TreeMap<>();
    JsonNode paths = get("/openapi.json").json().get("paths");
    paths
        .properties()
        .forEach(
            path -> {
              TreeSet<String> methods = new TreeSet<>();
              path.getValue().fieldNames().forEachRemaining(methods::add);
              described.put(path.getKey(), methods);
            });
    described.forEach(
        (path, methods) -> {
          String real =
              path.replace("{subject}", "192.0.2.1").replace("/profile", "/profile?seconds=1");
          for (String method : List.of("get", "post")) {
            HttpReply reply =
                send(
                    method.toUpperCase(),
                    real,
                    method.equals("get") ? "" : "{}",
                    "Authorization: Bearer " + token);
            assertThat(reply.status() != 404 && reply.status() != 405)
                .as("%s %s: %d", method, path, reply.status())
                .isEqualTo(methods.contains(method));
          }
        });
    assertThat(described).hasSize(14);
    assertThat(get("/explain").status()).isEqualTo(404);
    for (String schema : List.of("Explanation", "Done", "Status")) {
      List<String> fields = new ArrayList<>();
      JsonNode reply =
          switch (schema) {
            case "Explanation" -> get("/explain/192.0.2.1").json();
            case "Done" -> act("/pardon", "{\"subject\":\"192.0.2.1\"}").json();
            default -> get("/status").json();
          };
      reply.fieldNames().forEachRemaining(fields::add);
      List<String> properties = new ArrayList<>();
      get("/openapi.json")
          .json()
          .at("/components/schemas/" + schema + "/properties")
          .fieldNames()
          .forEachRemaining(properties::add);
      assertThat(fields).as(schema).isEqualTo(properties);
    }
  }
}
