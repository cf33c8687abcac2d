package sekisho.command;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import sekisho.app.Settings;
import sekisho.ops.StoreStatus;

/** {@code sekisho status}: how the service is, as both stores tell. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Say how the service is: instances, queue, history, losses. Changes nothing.",
      "It counts as a problem when a store is out of reach, an attempt has waited for MySQL for over 5 minutes, the queue is"
          + " over twice the flush threshold, a row is in quarantine, or an instance has been silent for over 30 seconds."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:all is well", "1:there is a problem, which is named"})
public final class StatusCommand extends StoreCommand {

  private static final long MEGABYTE = 1_000_000;

  @Override
  protected StoreAccess access(Settings settings) {
    StoreAccess found = super.access(settings);
    // A store that is out of reach is part of what this command tells.
    return new StoreAccess() {
      @Override
      public Settings settings() {
        return found.settings();
      }

      @Override
      public void requireReachable(Vertx vertx) {}
    };
  }

  @Override
  protected int run(Workplace workplace) throws IOException {
    StoreStatus status = workplace.stores().status(workplace.settings()).read();
    print(status, () -> lines(status));
    return status.problems().isEmpty() ? 0 : 1;
  }

  private void lines(StoreStatus status) {
    for (StoreStatus.Instance instance : status.instances()) {
      line(
          "instance",
          "%s, %s, heard of %.1f s ago",
          instance.name(),
          instance.serving() ? "serving" : "not serving",
          instance.silentSeconds());
    }
    if (status.instances().isEmpty() && status.queue() != null) {
      line("instance", "none");
    }
    if (status.queue() != null) {
      StoreStatus.Queue queue = status.queue();
      line(
          "queue",
          "%,d attempts%s; newest attempt %d",
          queue.length(),
          queue.oldestSeconds() == null
              ? ""
              : String.format(Locale.ROOT, ", the oldest of %.0f s", queue.oldestSeconds()),
          queue.newest());
    }
    if (status.memory() != null) {
      StoreStatus.Memory memory = status.memory();
      line(
          "memory",
          "%,d MB in Redis, %s",
          memory.used() / MEGABYTE,
          memory.limit() == 0
              ? "without a limit"
              : String.format(Locale.ROOT, "of at most %,d MB", memory.limit() / MEGABYTE));
    }
    if (status.history() != null) {
      StoreStatus.History history = status.history();
      line("log", "up to attempt %d", history.flushed());
      line("users", "%,d", history.users());
      line(
          "locks",
          "%,d banned addresses, %,d locked users, as of the log",
          history.bannedAddresses(),
          history.lockedUsers());
      line("losses", "%,d attempts; %,d rows in quarantine", history.lost(), history.quarantined());
    }
    List<String> problems = status.problems();
    problems.forEach(problem -> line("PROBLEM", "%s", problem));
    if (problems.isEmpty()) {
      line("result", "all is well");
    }
  }

  private void line(String name, String format, Object... values) {
    say(String.format(Locale.ROOT, "%-9s ", name) + String.format(Locale.ROOT, format, values));
  }
}
