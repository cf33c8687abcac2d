package sekisho.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.faults.FaultStage;
import sekisho.login.Outcome;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.TestAuthority;
import sekisho.testing.TestUser;

/** Three instances on the same stores behind a real nginx with the sample configurations. */
class NginxIT {

  private static final int CLIENTS = 12;

  @TempDir Path directory;

  private FaultStage stage;
  private final List<ServiceHome> homes = new ArrayList<>();
  private final List<ServiceProcess> instances = new ArrayList<>();
  private TestAuthority tls;
  private Nginx nginx;
  private int plain;
  private int secure;

  @BeforeEach
  void prepare() throws IOException {
    stage = FaultStage.set();
    Files.createDirectories(directory.resolve("tls"));
    tls = TestAuthority.in(directory.resolve("tls"));
    plain = ServiceHome.freePort();
    secure = ServiceHome.freePort();
  }

  @AfterEach
  void end() {
    if (nginx != null) {
      nginx.close();
    }
    stage.close();
  }

  private ServiceHome instance(boolean overSocket) {
    ServiceHome home =
        stage
            .home()
            .with("SEKISHO_SESSION_SECURE", "true")
            .with("SEKISHO_TRUSTED_PROXIES", "127.0.0.1/32")
            .with("SEKISHO_SHUTDOWN_DRAIN_MS", "5000")
            .with("SEKISHO_SHUTDOWN_TIMEOUT_MS", "13000");
    if (overSocket) {
      home.with("SEKISHO_HTTP_PORT", "").with("SEKISHO_HTTP_SOCKET", socket(home).toString());
    }
    homes.add(home);
    return home;
  }

  private static Path socket(ServiceHome home) {
    return home.directory().resolve("http.sock");
  }

  private void startWithNginx() throws IOException {
    ServiceHome tcp = instance(false);
    ServiceHome one = instance(true);
    ServiceHome other = instance(true);
    ServiceHome tools = new ServiceHome();
    Path page = directory.resolve("static");
    assertThat(tools.run("static-page", "--secure", page.toString()).status()).isZero();
    tools.close();
    Map<String, String> places = new LinkedHashMap<>();
    places.put(
        "user www-data;", System.getProperty("user.name").equals("root") ? "user root;" : "");
    places.put("/run/sekisho-1/http.sock", socket(one).toString());
    places.put("/run/sekisho-2/http.sock", socket(other).toString());
    places.put("server 127.0.0.1:8080 ", "server 127.0.0.1:" + tcp.port() + " ");
    places.put("listen 80;", "listen 127.0.0.1:" + ServiceHome.freePort() + ";");
    places.put(
        "listen 443 ssl http2;",
        "listen 127.0.0.1:" + secure + " ssl http2; listen 127.0.0.1:" + plain + ";");
    places.put("/etc/sekisho/tls/certificate.pem", tls.certificate().toString());
    places.put("/etc/sekisho/tls/key.pem", tls.key().toString());
    places.put("/usr/local/share/sekisho/static", page.toString());
    nginx = Nginx.start(directory.resolve("nginx"), "nginx.conf", places, plain);
    // A skipped test need not start them.
    homes.forEach(home -> instances.add(home.startReady("serve")));
  }

  private String url(String path) {
    return "https://localhost:" + secure + path;
  }

  /** A client that trusts the test's authority, and follows no redirect. */
  private HttpClient client() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(tls.authority())) {
      trusted.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_2).build();
  }

  private HttpResponse<String> send(
      HttpClient client, String method, String path, String body, String cookie) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url(path)))
            .timeout(Duration.ofSeconds(30))
            .header("Origin", "https://localhost:" + secure)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie);
    }
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    return answer;
  }

  private static String cookie(HttpResponse<String> answer) {
    return answer.headers().firstValue("set-cookie").orElse("").split(";", 2)[0];
  }

  @Test
  void servesOverTlsAndHttp2ByAllInstances() throws Exception {
    startWithNginx();
    HttpClient client = client();
    TestUser user = FaultStage.member();
    String form = "login=" + user.login() + "&password=";
    HttpResponse<String> wrong = send(client, "POST", "/login", form + "wrong", "");
    assertThat(wrong.statusCode()).isEqualTo(302);
    HttpResponse<String> noticed = send(client, "GET", "/", "", cookie(wrong));
    assertThat(noticed.body()).contains("Wrong username or password");
    assertThat(send(client, "GET", "/", "", "").body()).doesNotContain("Wrong username");
    HttpResponse<String> right = send(client, "POST", "/login", form + user.password(), "");
    assertThat(right.headers().firstValue("location")).hasValue("/mypage");
    // Each time by the next instance.
    for (int i = 0; i < 2 * homes.size(); i++) {
      assertThat(send(client, "GET", "/mypage", "", cookie(right)).body()).contains(user.login());
    }
    assertThat(send(client, "GET", "/report", "", "").statusCode()).isEqualTo(200);
    assertThat(status("127.0.0.2", plain, "/report")).isEqualTo(403);
    assertThat(status("127.0.0.2", plain, "/")).isEqualTo(200);
    assertThat(attemptsByInstance()).as("both attempts").isEqualTo(2);
  }

  private double attemptsByInstance() {
    double sum = 0;
    for (ServiceHome home : homes) {
      sum +=
          HttpProbe.once(home.managementPort(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
              .text()
              .lines()
              .filter(line -> line.startsWith("sekisho_attempts_total"))
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
              .sum();
    }
    return sum;
  }

  private static int status(String from, int port, String path) throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(answer.split(" ", 3)[1]);
    }
  }

  @Test
  void thePageThatNginxSendsItselfIsThatOfTheService() throws Exception {
    startWithNginx();
    for (String method : new String[] {"GET", "HEAD"}) {
      HttpReply own = reply(homes.get(0).port(), method, "/", "");
      HttpReply proxied = reply(plain, method, "/", "");
      assertThat(proxied.statusLine()).isEqualTo(own.statusLine());
      assertThat(proxied.body()).isEqualTo(own.body());
      assertThat(headers(proxied)).isEqualTo(headers(own));
    }
    assertThat(reply(plain, "POST", "/", "").status()).isEqualTo(405);
    instances.forEach(ServiceProcess::kill);
    assertThat(reply(plain, "GET", "/", "").status()).as("without any instance").isEqualTo(200);
    assertThat(reply(plain, "GET", "/", "Cookie: a=b; __Host-sekisho_notice=wrong\r\n").status())
        .isEqualTo(502);
  }

  private static HttpReply reply(int port, String method, String path, String headers) {
    return HttpProbe.once(
        port,
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
            + headers
            + "\r\n");
  }

  /** Without those that each server has of its own. */
  private static Map<String, String> headers(HttpReply reply) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    reply.headerLines().forEach(line -> headers.put(line.split(":")[0], line.split(":\\s*", 2)[1]));
    headers.keySet().removeAll(List.of("Date", "Server", "Connection"));
    return new HashMap<>(lowerCase(headers));
  }

  private static Map<String, String> lowerCase(Map<String, String> headers) {
    Map<String, String> lower = new HashMap<>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(java.util.Locale.ROOT), value));
    return lower;
  }

  @Test
  void aRollingRestartFailsNoRequest() throws Exception {
    startWithNginx();
    stage.load().start(CLIENTS, plain);
    for (int i = 0; i < homes.size(); i++) {
      stage.load().awaitAnswered(500);
      instances.get(i).signal("TERM");
      assertThat(instances.get(i).awaitEnd().status()).isZero();
      instances.set(i, homes.get(i).startReady("serve"));
    }
    stage.load().awaitAnswered(500);
    stage.load().stop();
    assertThat(stage.load().refused()).as("503: %s", warnings()).isZero();
    assertThat(stage.load().cutOff()).as("cut off: %s", warnings()).isZero();
    stage.assertNothingLost(
        "three instances behind nginx, restarted one after the other", homes.get(0));
  }

  private List<String> warnings() {
    return homes.stream()
        .flatMap(home -> home.everythingPrinted().lines())
        .filter(line -> !line.contains(" INFO "))
        .toList();
  }

  @Test
  void handsConnectionsOnWithThePeersAddress() throws Exception {
    stage.withoutReports();
    ServiceHome one = instance(false).with("SEKISHO_HTTP_PROXY_PROTOCOL", "true");
    ServiceHome other = instance(false).with("SEKISHO_HTTP_PROXY_PROTOCOL", "true");
    Map<String, String> places = new LinkedHashMap<>();
    places.put("server 127.0.0.1:8080 ", "server 127.0.0.1:" + one.port() + " ");
    places.put("server 127.0.0.1:8090 ", "server 127.0.0.1:" + other.port() + " ");
    places.put("listen 443 ssl;", "listen 127.0.0.1:" + plain + ";");
    places.put("/etc/sekisho/tls/certificate.pem", tls.certificate().toString());
    places.put("/etc/sekisho/tls/key.pem", tls.key().toString());
    nginx = Nginx.start(directory.resolve("nginx"), "nginx-stream.conf", places, plain);
    homes.forEach(home -> home.startReady("serve"));
    for (int i = 0; i < 12; i++) {
      try (Browser browser = new Browser(plain, "127.0.0.1")) {
        assertThat(browser.login("nobody", "x")).isEqualTo(i < 10 ? Outcome.WRONG : Outcome.BANNED);
      }
    }
    assertThat(one.run("explain", "127.0.0.1").out()).contains("failures  12 since");
  }
}
