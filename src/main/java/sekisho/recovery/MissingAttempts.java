package sekisho.recovery;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sekisho.flush.HistoryRows;
import sekisho.flush.Quarantine;
import sekisho.login.HistoryEntry;
import sekisho.login.RecordedAttempt;
import sekisho.mysql.Database;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Statements;
import sekisho.redis.LoginQueue;
import sekisho.redis.QueueRow;
import sekisho.redis.ReplayBuffer;

/**
 * The attempts that this process answered lately and that are neither in the queue nor in the log.
 * Calls block.
 */
public final class MissingAttempts {

  private static final int PAGE = 5_000;
  private static final Comparator<RecordedAttempt> BY_NUMBER =
      Comparator.comparingLong(RecordedAttempt::sequence);
  private static final String READ_LOG = Statements.statement("recovery/read_log_by_id");
  private static final String READ_QUARANTINED = Statements.statement("recovery/read_quarantined");

  private final Database database;
  private final LoginQueue queue;
  private final ReplayBuffer recent;

  /** The last look that found nothing missing; used by the recovery's thread alone. */
  private @Nullable Look noneMissing;

  /**
   * A look in an epoch.
   *
   * @param added how many attempts of other epochs there were
   */
  private record Look(String epoch, long added) {}

  public MissingAttempts(Database database, LoginQueue queue, ReplayBuffer recent) {
    this.database = database;
    this.queue = queue;
    this.recent = recent;
  }

  /** Attempts of one part of what is remembered, and which of them are missing. */
  private static final class Candidates {

    private final ReplayBuffer.Part part;
    private final BitSet missing = new BitSet();
    private long lowest = Long.MAX_VALUE;
    private long highest;

    Candidates(ReplayBuffer.Part part) {
      this.part = part;
    }

    /**
     * Keeps those that are not among what is known of them. Reads the attempts again rather than
     * keeping them.
     */
    void removeKnown(
        Function<List<RecordedAttempt>, Set<? extends HistoryEntry>> known, boolean first) {
      List<RecordedAttempt> attempts = part.attempts();
      if (first) {
        missing.set(0, attempts.size());
      }
      Set<? extends HistoryEntry> found =
          known.apply(missing.stream().mapToObj(attempts::get).toList());
      lowest = Long.MAX_VALUE;
      highest = 0;
      for (int i = missing.nextSetBit(0); i >= 0; i = missing.nextSetBit(i + 1)) {
        RecordedAttempt attempt = attempts.get(i);
        if (found.contains(attempt)) {
          missing.clear(i);
        } else {
          lowest = Math.min(lowest, attempt.sequence());
          highest = Math.max(highest, attempt.sequence());
        }
      }
    }

    boolean isEmpty() {
      return missing.isEmpty();
    }

    List<RecordedAttempt> attempts() {
      List<RecordedAttempt> attempts = part.attempts();
      return missing.stream().mapToObj(attempts::get).toList();
    }
  }

  /**
   * What is missing. The attempts are read when they are asked for: all at once they may take
   * several times what remembers them.
   */
  static final class Missing implements Iterable<List<RecordedAttempt>> {

    private final List<Candidates> candidates;

    private Missing(List<Candidates> candidates) {
      this.candidates = candidates;
    }

    boolean isEmpty() {
      return candidates.isEmpty();
    }

    /** At least one attempt and at most some thousands at a time, in no order. */
    @Override
    public Iterator<List<RecordedAttempt>> iterator() {
      return candidates.stream().map(Candidates::attempts).iterator();
    }
  }

  /**
   * Looks whether something is missing. That costs MySQL a look-up for each attempt, so it is not
   * done again for the next event loop. In another epoch it is: MySQL, too, may have been set back.
   *
   * @param present the epoch of both stores
   * @param storeEpoch the one that the attempt store which asks was admitted to before; where that
   *     is the same, Redis may have been set back meanwhile
   */
  boolean isAny(String present, String storeEpoch) {
    long added = recent.addedOutside(present);
    if (!storeEpoch.equals(present) && new Look(present, added).equals(noneMissing)) {
      return false;
    }
    boolean any = !all().isEmpty();
    noneMissing = any ? null : new Look(present, added);
    return any;
  }

  /**
   * Looks what is missing; other instances may go on meanwhile.
   *
   * @return the attempts, none when all is well
   */
  Missing all() {
    List<Candidates> missing = new ArrayList<>();
    recent.parts().forEach(part -> missing.add(new Candidates(part)));
    missing.forEach(part -> part.removeKnown(this::logged, true));
    missing.removeIf(Candidates::isEmpty);
    if (!missing.isEmpty()) {
      removeQueued(missing);
      // What a flush moved since the first look, it had written before it left the queue.
      missing.forEach(part -> part.removeKnown(this::logged, false));
      missing.removeIf(Candidates::isEmpty);
    }
    return new Missing(missing);
  }

  /**
   * Appends to the queue what instances delivered, this one among them, in the order in which it
   * was decided. For a repair that has closed the epoch fence and emptied the queue.
   *
   * <p>Attempts keep their numbers, which nobody else got while the epoch fence was closed. Those
   * whose numbers somebody else has by now are given others if they are this instance's own, and
   * left out if they are another's: that would not find them again, finds them missing now, and
   * repairs in its turn. It remembers the new numbers before the attempts are sent, so that it is
   * known at the next repair whether this one got to Redis.
   *
   * @param handedIn the attempts, in any order
   * @param above the highest number that MySQL or Redis has
   * @param highest a number that the new numbers must be above, at least {@code above}
   * @return what was appended, in its order
   */
  List<RecordedAttempt> giveBack(List<RecordedAttempt> handedIn, long above, long highest) {
    List<RecordedAttempt> appended = new ArrayList<>();
    Set<Long> numbers = new HashSet<>();
    handedIn.stream()
        .filter(attempt -> attempt.sequence() > above)
        .sorted(BY_NUMBER)
        .filter(attempt -> numbers.add(attempt.sequence()))
        .forEach(appended::add);
    long free =
        appended.isEmpty()
            ? highest
            : Math.max(highest, appended.get(appended.size() - 1).sequence());
    appended.addAll(renumber(ours(appended), free));
    long present = queue.state().sequence();
    for (int from = 0; from < appended.size(); from += PAGE) {
      List<RecordedAttempt> page = appended.subList(from, Math.min(from + PAGE, appended.size()));
      queue.append(present, page);
      present = page.get(page.size() - 1).sequence();
    }
    return appended;
  }

  /**
   * This process's own that neither the log has nor, in the order of their numbers, those that come
   * back anyway.
   */
  private List<RecordedAttempt> ours(List<RecordedAttempt> back) {
    List<RecordedAttempt> ours = new ArrayList<>();
    for (ReplayBuffer.Part part : recent.parts()) {
      Candidates candidates = new Candidates(part);
      candidates.removeKnown(this::logged, true);
      candidates.attempts().stream()
          .filter(
              attempt -> {
                int place = Collections.binarySearch(back, attempt, BY_NUMBER);
                return place < 0 || !back.get(place).equals(attempt);
              })
          .forEach(ours::add);
    }
    ours.sort(BY_NUMBER);
    return ours;
  }

  private List<RecordedAttempt> renumber(List<RecordedAttempt> missing, long above) {
    Map<Long, Long> numbers = new HashMap<>();
    List<RecordedAttempt> renumbered = new ArrayList<>(missing.size());
    long number = above;
    for (RecordedAttempt attempt : missing) {
      numbers.put(attempt.sequence(), ++number);
      renumbered.add(attempt.withSequence(number));
    }
    recent.renumber(numbers);
    return renumbered;
  }

  /** Those that the log has, and those that it would refuse again. */
  private Set<RecordedAttempt> logged(List<RecordedAttempt> attempts) {
    Set<RecordedAttempt> logged = new HashSet<>();
    database.queryRows(
        READ_LOG,
        attempts.stream().map(RecordedAttempt::sequence).toList(),
        (json, id) -> json.writeNumber(id),
        PAGE,
        found -> found.forEach(row -> logged.add(HistoryRows.attempt(row))));
    long pruned = database.inTransaction(ServiceState::read).map(ServiceState::pruned).orElse(0L);
    attempts.stream().filter(attempt -> attempt.sequence() <= pruned).forEach(logged::add);
    List<RecordedAttempt> others =
        attempts.stream().filter(attempt -> !logged.contains(attempt)).toList();
    Set<Long> refused = new HashSet<>();
    database.queryRows(
        READ_QUARANTINED,
        others,
        (json, attempt) -> json.writeString(Quarantine.digest(QueueRow.format(attempt))),
        PAGE,
        found -> found.forEach(row -> refused.add(row.getLong(0))));
    others.stream().filter(attempt -> refused.contains(attempt.sequence())).forEach(logged::add);
    return logged;
  }

  private void removeQueued(List<Candidates> missing) {
    queue.readBackwards(
        PAGE,
        entries -> {
          Set<HistoryEntry> queued = new HashSet<>(entries);
          long lowest = entries.stream().mapToLong(HistoryEntry::sequence).min().orElseThrow();
          long highest = entries.stream().mapToLong(HistoryEntry::sequence).max().orElseThrow();
          missing.stream()
              .filter(part -> part.lowest <= highest && part.highest >= lowest)
              .forEach(part -> part.removeKnown(asked -> queued, false));
          missing.removeIf(Candidates::isEmpty);
          return missing.stream().anyMatch(part -> part.lowest < entries.get(0).sequence());
        });
  }
}
