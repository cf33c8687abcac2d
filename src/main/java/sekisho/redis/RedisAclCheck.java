package sekisho.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Finds out whether the user of a connection may run the commands that the service sends and its
 * scripts call, before one of them is refused in the middle of something. Redis checks rights when
 * it queues a command of a transaction, and forgets a transaction whose connection is closed.
 */
public final class RedisAclCheck {

  private static final String DENIED = "NOPERM";

  private RedisAclCheck() {}

  /**
   * Tries all commands on all keys, without effect. The connection is in a transaction then: close
   * it.
   *
   * @param connection of the user
   * @param prefix what all keys of the service begin with
   * @param waits whether attempts wait for replicas
   * @return the rights that are missing, as {@code ACL SETUSER} takes them; fails when Redis does
   *     not answer
   */
  public static Future<List<String>> missing(
      RedisConnection connection, String prefix, boolean waits) {
    Map<String, Future<?>> answers = new LinkedHashMap<>();
    answers.put("+multi", connection.send(Request.cmd(Command.MULTI)));
    // Of a transaction without commands: this one alone would have an effect.
    answers.put("+exec", connection.send(Request.cmd(Command.EXEC)));
    return Future.join(List.copyOf(answers.values()))
        .transform(all -> denied(answers, prefix))
        .compose(
            missing ->
                missing.isEmpty()
                    ? tryCommands(connection, prefix, waits)
                    : Future.succeededFuture(missing));
  }

  private static Future<List<String>> tryCommands(
      RedisConnection connection, String prefix, boolean waits) {
    return connection
        .send(Request.cmd(Command.MULTI))
        .compose(
            begun -> {
              Map<String, Future<?>> answers = new LinkedHashMap<>();
              commands(RedisKeys.under(prefix), waits)
                  .forEach((right, request) -> answers.put(right, connection.send(request)));
              return Future.join(List.copyOf(answers.values()))
                  .transform(all -> denied(answers, prefix));
            });
  }

  private static Future<List<String>> denied(Map<String, Future<?>> answers, String prefix) {
    TreeSet<String> rights = new TreeSet<>();
    for (Map.Entry<String, Future<?>> answer : answers.entrySet()) {
      Throwable error = answer.getValue().cause();
      if (error != null && !RedisErrors.isReply(error)) {
        return Future.failedFuture(error);
      }
      // Of EXEC it is said inside the error EXECABORT.
      String words = error == null ? "" : String.valueOf(error.getMessage());
      if (words.contains(DENIED)) {
        rights.add(words.contains("command") ? answer.getKey() : "~" + prefix + "*");
      }
    }
    return Future.succeededFuture(new ArrayList<>(rights));
  }

  /** Every command, by the right to run it. */
  private static Map<String, Request> commands(RedisKeys keys, boolean waits) {
    Map<String, Request> commands = new LinkedHashMap<>();
    add(commands, Command.INFO);
    add(commands, Command.TIME);
    add(commands, Command.EVALSHA, "0".repeat(40), 0);
    commands.put("+script|load", BlockingRedis.request(Command.SCRIPT, "LOAD", ""));
    add(commands, Command.HGET, keys.state(), "");
    add(commands, Command.HMGET, keys.state(), "");
    add(commands, Command.HGETALL, keys.present());
    add(commands, Command.HSCAN, keys.logins(), 0);
    add(commands, Command.HLEN, keys.rebuilt().logins());
    add(commands, Command.HEXISTS, keys.state(), "");
    add(commands, Command.HSET, keys.addresses(), "", "");
    add(commands, Command.HSETNX, keys.users(), "", "");
    add(commands, Command.HINCRBY, keys.state(), "", 1);
    add(commands, Command.HDEL, keys.logins(), "");
    add(commands, Command.LLEN, keys.queue());
    add(commands, Command.LRANGE, keys.queue(), 0, 0);
    add(commands, Command.LINDEX, keys.queue(), 0);
    add(commands, Command.LREM, keys.queue(), 1, "");
    add(commands, Command.LTRIM, keys.queue(), 0, -1);
    add(commands, Command.RPUSH, keys.lost(), "");
    add(
        commands,
        Command.EXISTS,
        keys.rebuilt().addresses(),
        keys.rebuilt().users(),
        keys.rebuilt().logins());
    add(commands, Command.RENAME, keys.rebuilt().users(), keys.users());
    add(commands, Command.DEL, keys.present());
    if (waits) {
      add(commands, Command.WAIT, 0, 1);
    }
    return commands;
  }

  private static void add(Map<String, Request> commands, Command command, Object... arguments) {
    commands.put(
        "+" + command.toString().toLowerCase(Locale.ROOT),
        BlockingRedis.request(command, arguments));
  }
}
