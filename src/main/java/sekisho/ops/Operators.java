package sekisho.ops;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.CounterChange;
import sekisho.login.OperatorAct;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.mysql.AllowTable;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.UserTable;
import sekisho.net.AllowList;
import sekisho.net.ClientPrefix;
import sekisho.redis.LoginQueue;
import sekisho.redis.OperatorActs;

/**
 * What operators do (SPEC section 10), for the command line and the management port alike. An act
 * is in force when Redis has taken it; it is told as done when MySQL has it too, so that no loss
 * inside Redis can undo it. Calls block. Thread-safe.
 */
public final class Operators {

  private static final Logger LOG = LoggerFactory.getLogger(Operators.class);
  private static final int LONGEST_TEXT = 255;

  private final OperatorActs acts;
  private final LoginQueue queue;
  private final UserTable users;
  private final AllowTable allowTable;
  private final ClientPrefix clients;
  private final Thresholds thresholds;
  private final Runnable flush;

  /**
   * What became of an act.
   *
   * @param act {@code pardon}, {@code ban} or {@code lock}
   * @param address the address that it is about; null for a user
   * @param user the name of the user that it is about; null for an address
   * @param number its place in the order of the attempts
   * @param at when, in ISO 8601
   * @param failures how many failures were counted before it
   * @param before {@code banned} or {@code locked} if that was so before it, else {@code open}
   * @param logged whether MySQL has it; otherwise it waits in Redis with the attempts
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Done(
      String act,
      @Nullable String address,
      @Nullable String user,
      long number,
      String at,
      long failures,
      String before,
      boolean logged) {}

  /**
   * A block of the allow-list.
   *
   * @param block see {@link AllowList#canonical}
   * @param since when it was put there, in ISO 8601
   * @param operator who did that
   * @param reason why; may be empty
   */
  public record Allowed(String block, String since, String operator, String reason) {}

  /**
   * @param clients how clients are counted
   * @param flush moves the queue to MySQL, to the end
   */
  public Operators(
      Database database,
      LoginQueue queue,
      OperatorActs acts,
      ClientPrefix clients,
      Thresholds thresholds,
      Runnable flush) {
    this.acts = acts;
    this.queue = queue;
    this.users = new UserTable(database);
    this.allowTable = new AllowTable(database);
    this.clients = clients;
    this.thresholds = thresholds;
    this.flush = flush;
  }

  /**
   * Finds out whom a text means.
   *
   * @param asUser whether it is a user's name, though it looks like an address
   */
  public Subject subject(String text, boolean asUser) {
    return Subject.of(text, asUser, clients, users);
  }

  /**
   * Ends a ban or lock, whatever its cause; the failures so far count no more.
   *
   * @param operator who does it
   * @param reason why; may be empty
   * @throws OperatorException when a text is too long
   * @throws StoreUnavailableException when Redis refuses or can't be reached; where its answer was
   *     lost, the act may be in force
   */
  public Done pardon(Subject subject, String operator, String reason) {
    return take(OperatorAct.Kind.PARDON, subject, operator, reason);
  }

  /**
   * Bans an address until it is pardoned.
   *
   * @throws OperatorException when it is a user, or an address on the allow-list
   */
  public Done ban(Subject subject, String operator, String reason) {
    if (subject.isUser()) {
      throw new OperatorException("users are locked, not banned: lock " + subject.name());
    }
    if (allowTable.load().contains(subject.name())) {
      throw new OperatorException(
          subject.text() + " is on the allow-list: remove it from there first (allow --remove)");
    }
    return take(OperatorAct.Kind.BAN, subject, operator, reason);
  }

  /**
   * Locks a user until pardoned.
   *
   * @throws OperatorException when it is an address
   */
  public Done lock(Subject subject, String operator, String reason) {
    if (!subject.isUser()) {
      throw new OperatorException("addresses are banned, not locked: ban " + subject.name());
    }
    return take(OperatorAct.Kind.LOCK, subject, operator, reason);
  }

  /** The allow-list, in the order of its blocks. */
  public List<Allowed> allowed() {
    return allowTable.entries().stream()
        .map(
            entry ->
                new Allowed(entry.block(), entry.at().toString(), entry.operator(), entry.reason()))
        .toList();
  }

  /**
   * Puts a block on the allow-list, on all instances within a second.
   *
   * @param text an address or a block
   * @return the block as it stands there
   * @throws OperatorException when it is none, or narrower than a client
   */
  public String allow(String text, String operator, String reason) {
    String block = block(text);
    allowTable.add(block, words("operator", operator), words("reason", reason));
    announce(block + " is on the allow-list");
    return block;
  }

  /**
   * Removes a block from the allow-list, on all instances within a second.
   *
   * @throws OperatorException when it is not there
   */
  public String disallow(String text) {
    String block = block(text);
    if (!allowTable.remove(block)) {
      throw new OperatorException(block + " is not on the allow-list: see allow --list");
    }
    announce(block + " is off the allow-list");
    return block;
  }

  private void announce(String done) {
    try {
      queue.announceAllowList();
    } catch (StoreUnavailableException e) {
      throw new StoreUnavailableException(
          done
              + ", but running instances are not told, and learn of it when they reach Redis again: "
              + e.getMessage());
    }
  }

  private String block(String text) {
    try {
      return AllowList.canonical(text, clients);
    } catch (IllegalArgumentException e) {
      throw new OperatorException(String.valueOf(e.getMessage()));
    }
  }

  private Done take(OperatorAct.Kind kind, Subject subject, String operator, String reason) {
    OperatorActs.Taken taken =
        acts.take(
            kind,
            subject.userId(),
            subject.name(),
            words("operator", operator),
            words("reason", reason));
    boolean logged = true;
    try {
      flush.run();
    } catch (StoreUnavailableException | DatabaseException e) {
      LOG.warn("the act is in force and waits in Redis until MySQL has it: {}", e.getMessage());
      logged = false;
    }
    OperatorAct act = taken.act();
    return new Done(
        act.kind().name().toLowerCase(Locale.ROOT),
        subject.isUser() ? null : subject.name(),
        subject.isUser() ? subject.name() : null,
        act.sequence(),
        act.at().toString(),
        CounterChange.failuresOf(taken.counter()),
        verdict(taken.counter(), subject.userId()),
        logged);
  }

  private String verdict(long counter, OptionalLong user) {
    if (user.isPresent()) {
      return counter >= thresholds.userLock() ? "locked" : "open";
    }
    return counter >= thresholds.ipBan() ? "banned" : "open";
  }

  /** A text that fits its column and the queue's row. */
  private static String words(String name, String text) {
    String words = text.replaceAll("\\p{Cntrl}", " ").strip();
    if (words.codePointCount(0, words.length()) > LONGEST_TEXT) {
      throw new OperatorException("the " + name + " has at most " + LONGEST_TEXT + " characters");
    }
    return words;
  }
}
