package sekisho.http;

import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import sekisho.http.Dispatcher.Endpoint;
import sekisho.http.connection.ClientAddresses;
import sekisho.http.request.BadRequestException;
import sekisho.http.request.FormContentType;
import sekisho.http.request.FormOrigin;
import sekisho.http.request.LoginForm;
import sekisho.http.session.Notice;
import sekisho.login.Attempt;
import sekisho.login.AttemptStore;
import sekisho.login.Outcome;
import sekisho.net.AllowList;
import sekisho.user.Credentials;
import sekisho.user.PasswordHasher;
import sekisho.user.UserDirectory;

/**
 * {@code POST /login}: checks the password in memory, has the attempt decided and recorded, then
 * answers.
 */
final class LoginEndpoint implements Endpoint {

  private final FormOrigin origin;
  private final ClientAddresses peers;
  private final Supplier<UserDirectory> users;
  private final Supplier<AllowList> allowed;
  private final PasswordHasher hasher = new PasswordHasher();
  private final AttemptStore store;
  private final Cookies cookies;
  private final Responder responder;
  private final RequestNotes notes;
  private final Map<Notice, Responder.Prepared> refused = new EnumMap<>(Notice.class);

  LoginEndpoint(
      FormOrigin origin,
      ClientAddresses peers,
      Supplier<UserDirectory> users,
      Supplier<AllowList> allowed,
      AttemptStore store,
      Cookies cookies,
      Responder responder,
      RequestNotes notes) {
    this.origin = origin;
    this.peers = peers;
    this.users = users;
    this.allowed = allowed;
    this.store = store;
    this.cookies = cookies;
    this.responder = responder;
    this.notes = notes;
    for (Notice notice : Notice.values()) {
      refused.put(notice, responder.prepareRedirect("/", cookies.left(notice)));
    }
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.POST);
  }

  @Override
  public void handle(HttpServerRequest request) {
    origin.require(request);
    FormContentType.require(request.getHeader(HttpHeaders.CONTENT_TYPE));
    FormContentType.requirePlain(request.getHeader(HttpHeaders.CONTENT_ENCODING));
    String address = peers.clientOfAttempt(request);
    FormBody.read(request, body -> attempt(request, address, body));
  }

  private void attempt(HttpServerRequest request, String address, Buffer body) {
    // The session is that of the password that was checked, also if another one is in force when
    // the attempt is decided.
    UserDirectory directory = users.get();
    Attempt attempt;
    try {
      LoginForm form = LoginForm.parse(body);
      Credentials credentials = directory.check(form.login(), form.password(), hasher);
      attempt =
          new Attempt(
              form.login(),
              credentials.userId(),
              credentials.passwordMatches(),
              address,
              allowed.get().contains(address));
    } catch (BadRequestException e) {
      responder.refuse(request, e);
      return;
    } catch (RuntimeException | Error e) {
      responder.failed(request, e);
      return;
    }
    long asked = notes.storeAsked();
    store
        .decide(attempt)
        .onComplete(
            decided -> {
              notes.storeAnswered(request, asked);
              answer(request, attempt, directory, decided);
            });
  }

  private void answer(
      HttpServerRequest request,
      Attempt attempt,
      UserDirectory directory,
      AsyncResult<Outcome> decided) {
    if (decided.failed()) {
      responder.unavailable(request);
      return;
    }
    try {
      notes.decided(request, decided.result());
      redirect(request, attempt, directory, decided.result());
    } catch (RuntimeException | Error e) {
      responder.failed(request, e);
    }
  }

  private void refuse(HttpServerRequest request, Notice notice) {
    responder.send(request, Objects.requireNonNull(refused.get(notice)));
  }

  private void redirect(
      HttpServerRequest request, Attempt attempt, UserDirectory directory, Outcome outcome) {
    switch (outcome) {
      case SUCCESS -> {
        cookies.begin(request, attempt.userId().getAsLong(), directory);
        responder.redirect(request, "/mypage");
      }
      case WRONG -> refuse(request, Notice.WRONG);
      case LOCKED -> refuse(request, Notice.LOCKED);
      case BANNED -> refuse(request, Notice.BANNED);
      default -> throw new IllegalStateException("unknown outcome " + outcome);
    }
  }
}
