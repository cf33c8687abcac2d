package sekisho.bench.ceiling;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sekisho.app.EventLoops;
import sekisho.http.page.ContentHeaders;
import sekisho.http.page.Pages;
import sekisho.http.request.LoginForm;
import sekisho.http.session.Notice;
import sekisho.http.session.NoticeCookie;
import sekisho.http.session.ServiceCookie;
import sekisho.http.session.SessionCodec;
import sekisho.http.session.SessionKey;
import sekisho.user.UserDirectoryBuilder;

/**
 * {@code sekisho ceiling}: the fastest that a Vert.x server on one event loop could be at this job.
 * It answers every login alike, after parsing the form and hashing a password, and requests for
 * pages with bytes that never change; it keeps nothing and looks at nothing else. What the service
 * achieves is measured as a share of it.
 */
@Command(
    name = "ceiling",
    description = "Serve bare pages, without stores and rules, to measure the service against.",
    mixinStandardHelpOptions = true,
    hidden = true)
public final class CeilingCommand implements Callable<Integer> {

  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final byte[] SALT = ":salt0000".getBytes(StandardCharsets.US_ASCII);

  @Option(
      names = "--port",
      defaultValue = "8088",
      description = "Port on 127.0.0.1 (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--right",
      description = "Answer every login as a right one (default: as a wrong one).")
  private boolean right;

  @Spec private CommandSpec spec;

  private final Pages pages = new Pages();
  private final Buffer home = pages.home(null);
  private final Buffer member = pages.member("isucon1", "2014-02-22 00:00:00", "127.0.0.1", "UTC");
  private final MultiMap pageHeaders =
      ContentHeaders.page(pages.styleHash(), pages.scriptHash(), false);
  private final MultiMap homeHeaders = ContentHeaders.fixed(pageHeaders, home.length(), null);
  private final MultiMap memberHeaders = ContentHeaders.fixed(pageHeaders, member.length(), null);
  private final String wrong = new NoticeCookie("sekisho_notice", false).set(Notice.WRONG);
  private final String session =
      new ServiceCookie("sekisho_session", Duration.ofDays(1), false)
          .set(
              new SessionCodec(List.of(SessionKey.random()), Clock.systemUTC(), Duration.ofDays(1))
                  .issue(1, new UserDirectoryBuilder().build()));
  private final MessageDigest digest = sha256();
  private final byte[] hash = new byte[32];

  @Override
  public Integer call() throws InterruptedException {
    Vertx vertx = EventLoops.vertx(1);
    vertx
        .createHttpServer(new HttpServerOptions().setTcpNoDelay(true).setAcceptBacklog(4096))
        .requestHandler(this::answer)
        .listen(port, "127.0.0.1")
        .await();
    spec.commandLine().getOut().println("ceiling on http://127.0.0.1:" + port + "/");
    spec.commandLine().getOut().flush();
    new CountDownLatch(1).await();
    return 0;
  }

  private void answer(HttpServerRequest request) {
    if (request.method() == HttpMethod.POST) {
      request.bodyHandler(body -> login(request, body));
    } else if (request.path().equals("/")) {
      page(request, home, homeHeaders);
    } else {
      page(request, member, memberHeaders);
    }
  }

  private void page(HttpServerRequest request, Buffer page, MultiMap headers) {
    request.response().headers().setAll(headers);
    request.response().end(page);
  }

  private void login(HttpServerRequest request, Buffer body) {
    LoginForm form = LoginForm.parse(body);
    try {
      digest.update(form.password().getBytes(StandardCharsets.UTF_8));
      digest.update(SALT);
      digest.digest(hash, 0, hash.length);
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
    request
        .response()
        .setStatusCode(302)
        .putHeader(HttpHeaders.SET_COOKIE, right ? session : wrong)
        .putHeader(HttpHeaders.LOCATION, right ? "/mypage" : "/")
        .putHeader(HttpHeaders.CONTENT_LENGTH, "0")
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .end();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
