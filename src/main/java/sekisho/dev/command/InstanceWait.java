package sekisho.dev.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import sekisho.app.StartException;
import sekisho.app.Stores;
import sekisho.mysql.Schema;
import sekisho.mysql.ServiceState;
import sekisho.recovery.RecoveryBarrier;
import sekisho.redis.RunningInstances;
import sekisho.redis.RunningInstances.Heartbeat;
import sekisho.redis.RunningInstances.Seen;

/**
 * Waits, after the stores were replaced, until all instances of the service serve what is in them
 * now. MySQL knows the instances that accept attempts, and Redis has their heartbeats. Instances
 * that have been silent for five seconds are named, and not waited for. Calls block.
 */
final class InstanceWait {

  private static final Duration SILENCE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(50);
  private static final Duration INTERVAL = Duration.ofMillis(10);

  /**
   * Of one that was silent for so long already before, and that MySQL does not know either, nobody
   * need be told.
   */
  private static final Duration GONE = Duration.ofMinutes(1);

  private final Stores stores;
  private final RunningInstances running;
  private final Consumer<String> progress;
  private final Seen before;
  private final Set<String> registeredBefore;
  private final Set<String> named = new HashSet<>();

  /**
   * Looks which instances there are; before Redis gets other data.
   *
   * @param progress gets a line for each instance that is not waited for
   */
  InstanceWait(Stores stores, Consumer<String> progress) {
    this.stores = stores;
    this.running = new RunningInstances(stores.redis(), stores.keys());
    this.progress = progress;
    this.before = running.read();
    this.registeredBefore =
        Schema.isComplete(stores.database())
            ? RecoveryBarrier.registered(stores.database())
            : Set.of();
  }

  /**
   * Waits.
   *
   * @throws StartException when an instance that is not silent does not serve in time
   */
  void await() {
    forgetTheGone();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (Set<String> late = late(); late == null || !late.isEmpty(); late = late()) {
      if (System.nanoTime() > deadline) {
        throw new StartException(
            "the stores were replaced, but "
                + (late == null
                    ? "they are being replaced again"
                    : String.join(", ", late)
                        + " does not serve the new state after "
                        + PATIENCE.toSeconds()
                        + " s: see its log"));
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }

  /** The instances that do not serve yet; null while another process replaces the stores again. */
  private Set<String> late() {
    String epoch =
        stores.database().inTransaction(ServiceState::read).map(ServiceState::epoch).orElse("");
    if (epoch.isEmpty()) {
      return null;
    }
    Set<String> registered = RecoveryBarrier.registered(stores.database());
    Seen now = running.read();
    Set<String> instances = new TreeSet<>(before.heartbeats().keySet());
    // They have ended meanwhile: one that ends has its registration removed.
    instances.removeIf(name -> registeredBefore.contains(name) && !registered.contains(name));
    instances.addAll(registered);
    instances.addAll(now.heartbeats().keySet());
    Set<String> late = new TreeSet<>();
    for (String name : instances) {
      Heartbeat last = now.heartbeats().get(name);
      if (last == null || !last.epoch().equals(epoch)) {
        long silent = now.nowMillis() - (last != null ? last.atMillis() : lastBefore(name));
        if (silent <= SILENCE.toMillis()) {
          late.add(name);
        } else if (named.add(name)) {
          running.remember(name, now.nowMillis() - silent);
          progress.accept(
              "Instance " + name + " has been silent for " + silent / 1000 + " s: not waited for");
        }
      }
    }
    return late;
  }

  private long lastBefore(String name) {
    Heartbeat last = before.heartbeats().get(name);
    return last != null ? last.atMillis() : before.nowMillis();
  }

  private void forgetTheGone() {
    List<String> gone = new ArrayList<>();
    for (Map.Entry<String, Heartbeat> entry : before.heartbeats().entrySet()) {
      if (before.nowMillis() - entry.getValue().atMillis() > GONE.toMillis()
          && !registeredBefore.contains(entry.getKey())) {
        gone.add(entry.getKey());
      }
    }
    gone.forEach(
        name -> {
          before.heartbeats().remove(name);
          running.forget(name);
        });
  }
}
