package sekisho.redis;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/**
 * A script that Redis runs by its digest. When Redis doesn't know it (after a restart, or {@code
 * SCRIPT FLUSH}) it is loaded and called again, which is safe: the first call did nothing.
 * Immutable.
 */
public final class LuaScript {

  private final Buffer source;
  private final Buffer digest;

  private LuaScript(byte[] source) {
    this.source = Buffer.buffer(source);
    this.digest = Buffer.buffer(sha1(source));
  }

  /**
   * Reads a script of the folder {@code redis}.
   *
   * @param name the file's name, such as {@code decide.lua}
   */
  public static LuaScript named(String name) {
    try (InputStream in = LuaScript.class.getResourceAsStream("/redis/" + name)) {
      if (in == null) {
        throw new IllegalStateException("redis/" + name + " is not in the jar");
      }
      return new LuaScript(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Begins a call; the caller appends the arguments to it.
   *
   * @param keys the names of the keys
   */
  public Request call(List<String> keys) {
    Request request = Request.cmd(Command.EVALSHA).arg(digest).arg(keys.size());
    keys.forEach(request::arg);
    return request;
  }

  /**
   * Sends a call, and if need be the script.
   *
   * @param connection sends one request
   * @param request made by {@link #call}
   */
  public Future<Response> run(Function<Request, Future<Response>> connection, Request request) {
    return connection
        .apply(request)
        .recover(
            error ->
                RedisErrors.is(error, "NOSCRIPT")
                    ? connection
                        .apply(Request.cmd(Command.SCRIPT).arg("LOAD").arg(source))
                        .compose(loaded -> connection.apply(request))
                    : Future.failedFuture(error));
  }

  private static String sha1(byte[] source) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
