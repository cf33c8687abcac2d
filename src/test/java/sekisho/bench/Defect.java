package sekisho.bench;

import java.util.Set;
import sekisho.bench.load.Reason;

/** A way in which a service can be wrong. */
enum Defect {
  /** The report folds the newest attempts in the order last in, first out. */
  LAST_IN_FIRST_OUT(Reason.LOCKED_MISSING),
  USER_LOCKED_ONE_LATE(Reason.NOTICE, Reason.OUTCOME),
  USER_LOCKED_ONE_EARLY(Reason.OUTCOME),
  ADDRESS_BANNED_ONE_LATE(Reason.OUTCOME, Reason.BANNED_MISSING),
  ADDRESS_BANNED_ONE_EARLY(Reason.NOTICE),
  /** The report's own thresholds are off by one, the decisions are right. */
  REPORT_THRESHOLD_ONE_MORE(Reason.LOCKED_MISSING),
  SUCCESS_KEEPS_USER_FAILURES(Reason.OUTCOME, Reason.NOTICE),
  SUCCESS_KEEPS_ADDRESS_FAILURES(Reason.OUTCOME, Reason.NOTICE),
  UNKNOWN_NAME_LISTED(Reason.LOCKED_EXTRA),
  UNKNOWN_NAMES_SHARE_A_COUNTER(Reason.NOTICE),
  BANNED_NOT_COUNTED(Reason.LOCKED_MISSING),
  LOCKED_NOT_COUNTED(Reason.BANNED_MISSING),
  NOTICE_SWAPPED(Reason.NOTICE),
  NOTICE_NEVER_CLEARED(Reason.NOTICE),
  PASSWORD_BEFORE_BAN(Reason.OUTCOME),
  PASSWORD_BEFORE_LOCK(Reason.NOTICE),
  LAST_LOGIN_OF_FAILURE(Reason.LAST_LOGIN_ADDRESS),
  LAST_LOGIN_IS_NEWEST(Reason.LAST_LOGIN_ADDRESS),
  LAST_LOGIN_MISSING_AT_FIRST(Reason.LAST_LOGIN_ADDRESS),
  MEMBER_PAGE_WITHOUT_SESSION(Reason.SESSION),
  SESSION_OF_ANOTHER_USER(Reason.MEMBER_NAME),
  ADDRESS_IGNORED(Reason.OUTCOME),
  REPORT_MISSES_NEWEST(Reason.LOCKED_MISSING),
  REPORT_FORGETS_SEED(Reason.LOCKED_MISSING),
  REPORT_LISTS_TWICE(Reason.REPORT_REPEATED),
  EMPTY_LIST_AS_OBJECT(Reason.REPORT_FORM),
  FORM_WITHOUT_PASSWORD(Reason.LOGIN_FORM),
  ANSWERS_503_NOW_AND_THEN(Reason.STATUS),
  CUTS_OFF_NOW_AND_THEN(Reason.CUT_OFF),
  /** A few requests are cut off at one moment, as by a reload that waits for none. */
  CUTS_OFF_ONCE(Reason.CUT_OFF),
  /** One page in a thousand comes late. */
  SLOW_NOW_AND_THEN(Reason.SLOW),
  /** Parts of the log change places, as where two flushes run at once. */
  LOG_OUT_OF_ORDER(
      Reason.LOCKED_MISSING, Reason.LOCKED_EXTRA, Reason.BANNED_MISSING, Reason.BANNED_EXTRA),
  /** A failure of a banned address lets it in again. */
  BAN_FORGETS(Reason.OUTCOME, Reason.NOTICE),
  /** Failures of {@code Isucon1} count for {@code isucon1}. */
  NAMES_WITHOUT_CASE(Reason.OUTCOME, Reason.NOTICE),
  MISSING_DATE(Reason.DATE),
  /** One page in a thousand ends too early. */
  HALF_A_PAGE(Reason.LOGIN_FORM, Reason.LAST_LOGIN_TIME),
  BAD_INPUT_IS_500(Reason.BAD_INPUT),
  /** The first report after the init command is answered with 503. */
  NOT_READY_AFTER_INIT(Reason.INIT),
  /** The report after the restart lacks the newest attempts. */
  FORGETS_AT_RESTART(Reason.RESTART),
  /** One attempt in ten thousand is answered, and neither counted nor logged. */
  LOST_ATTEMPT(
      Reason.OUTCOME,
      Reason.NOTICE,
      Reason.LAST_LOGIN_ADDRESS,
      Reason.LOCKED_MISSING,
      Reason.BANNED_MISSING),
  /** One in ten thousand is counted and logged twice. */
  REPEATED_ATTEMPT(
      Reason.OUTCOME,
      Reason.NOTICE,
      Reason.LAST_LOGIN_ADDRESS,
      Reason.LOCKED_EXTRA,
      Reason.BANNED_EXTRA),
  /** One in ten thousand is counted, and missing in the log that the report is made of. */
  LOST_ROW(Reason.LOCKED_MISSING, Reason.BANNED_MISSING),
  /** One in ten thousand is counted once and twice in the log. */
  REPEATED_ROW(Reason.LOCKED_EXTRA, Reason.BANNED_EXTRA);

  private final Set<Reason> shownAs;

  Defect(Reason... shownAs) {
    this.shownAs = Set.of(shownAs);
  }

  /** What a run against such a service must name, one of these at least. */
  Set<Reason> shownAs() {
    return shownAs;
  }

  /** Whether it shows in one attempt in ten thousand only. */
  boolean isRare() {
    return this == LOST_ATTEMPT
        || this == REPEATED_ATTEMPT
        || this == LOST_ROW
        || this == REPEATED_ROW;
  }
}
