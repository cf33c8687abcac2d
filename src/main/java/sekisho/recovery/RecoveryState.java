package sekisho.recovery;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where an instance stands with its stores. {@code docs/recovery.md} has the picture; the states
 * that may follow each other are those of {@link #next()}.
 */
public enum RecoveryState {
  /** What Redis holds is being compared with MySQL; attempts are refused. */
  CHECKING,
  /** Attempts are accepted. */
  SERVING,
  /**
   * Redis may lack attempts: the epoch fence is closed, and each instance delivers what Redis
   * lacks.
   */
  BARRIER,
  /** Counters are being made anew, by this instance, behind a closed epoch fence. */
  REBUILDING,
  /**
   * A store is out of reach or unfit, or holds what must be looked at by a person, or another
   * process is busy with the stores.
   */
  REFUSING;

  /** The states that may follow this one. */
  public Set<RecoveryState> next() {
    return switch (this) {
      case CHECKING -> EnumSet.of(SERVING, BARRIER, REBUILDING, REFUSING);
      case SERVING -> EnumSet.of(CHECKING, REFUSING);
      case BARRIER -> EnumSet.of(CHECKING, REBUILDING, REFUSING);
      case REBUILDING -> EnumSet.of(CHECKING, REFUSING);
      case REFUSING -> EnumSet.of(CHECKING);
    };
  }
}
