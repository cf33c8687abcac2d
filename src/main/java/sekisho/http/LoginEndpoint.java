package sekisho.http;

import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.function.Supplier;
import sekisho.http.form.FormContentType;
import sekisho.http.form.LoginForm;
import sekisho.http.session.Notice;
import sekisho.login.Attempt;
import sekisho.login.AttemptStore;
import sekisho.login.Outcome;
import sekisho.user.Credentials;
import sekisho.user.PasswordHasher;
import sekisho.user.UserDirectory;

/** {@code POST /login}: checks the password in memory, has the attempt decided and recorded, then answers. */
final class LoginEndpoint implements Endpoint {

  private final Peers peers;
  private final Supplier<UserDirectory> users;
  private final PasswordHasher hasher = new PasswordHasher();
  private final AttemptStore store;
  private final Cookies cookies;
  private final Responder responder;

  LoginEndpoint(
      Peers peers, Supplier<UserDirectory> users, AttemptStore store, Cookies cookies, Responder responder) {
    this.peers = peers;
    this.users = users;
    this.store = store;
    this.cookies = cookies;
    this.responder = responder;
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.POST);
  }

  @Override
  public void handle(HttpServerRequest request) {
    FormContentType.require(request.getHeader(HttpHeaders.CONTENT_TYPE));
    String address = peers.clientOfAttempt(request);
    FormBody.read(request, body -> attempt(request, address, body));
  }

  private void attempt(HttpServerRequest request, String address, Buffer body) {
    Attempt attempt;
    try {
      LoginForm form = LoginForm.parse(body);
      Credentials credentials = users.get().check(form.login(), form.password(), hasher);
      attempt = new Attempt(form.login(), credentials.userId(), credentials.passwordMatches(), address);
    } catch (BadRequestException e) {
      responder.refuse(request, e);
      return;
    }
    store.decide(attempt).onComplete(decided -> answer(request, attempt, decided));
  }

  private void answer(HttpServerRequest request, Attempt attempt, AsyncResult<Outcome> decided) {
    if (decided.failed()) {
      responder.unavailable(request);
      return;
    }
    switch (decided.result()) {
      case SUCCESS -> {
        cookies.begin(request, attempt.userId().getAsLong());
        responder.redirect(request, "/mypage");
      }
      case WRONG -> backHome(request, Notice.WRONG);
      case LOCKED -> backHome(request, Notice.LOCKED);
      case BANNED -> backHome(request, Notice.BANNED);
      default -> throw new IllegalStateException("unknown outcome " + decided.result());
    }
  }

  private void backHome(HttpServerRequest request, Notice notice) {
    cookies.leaveNotice(request, notice);
    responder.redirect(request, "/");
  }
}
