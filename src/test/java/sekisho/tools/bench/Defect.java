package sekisho.tools.bench;

/** A way in which a service can be wrong. */
enum Defect {
  /** The report folds the newest attempts in the order last in, first out. */
  LAST_IN_FIRST_OUT,
  USER_LOCKED_ONE_LATE,
  USER_LOCKED_ONE_EARLY,
  ADDRESS_BANNED_ONE_LATE,
  ADDRESS_BANNED_ONE_EARLY,
  /** The report's own thresholds are off by one, the decisions are right. */
  REPORT_THRESHOLD_ONE_MORE,
  SUCCESS_KEEPS_USER_FAILURES,
  SUCCESS_KEEPS_ADDRESS_FAILURES,
  UNKNOWN_NAME_LISTED,
  UNKNOWN_NAMES_SHARE_A_COUNTER,
  BANNED_NOT_COUNTED,
  LOCKED_NOT_COUNTED,
  NOTICE_SWAPPED,
  NOTICE_NEVER_CLEARED,
  PASSWORD_BEFORE_BAN,
  PASSWORD_BEFORE_LOCK,
  LAST_LOGIN_OF_FAILURE,
  LAST_LOGIN_IS_NEWEST,
  LAST_LOGIN_MISSING_AT_FIRST,
  MEMBER_PAGE_WITHOUT_SESSION,
  SESSION_OF_ANOTHER_USER,
  ADDRESS_IGNORED,
  REPORT_MISSES_NEWEST,
  REPORT_FORGETS_SEED,
  REPORT_LISTS_TWICE,
  EMPTY_LIST_AS_OBJECT,
  FORM_WITHOUT_PASSWORD,
  ANSWERS_503_NOW_AND_THEN,
  CUTS_OFF_NOW_AND_THEN,
  /** One attempt in ten thousand is answered, and neither counted nor logged. */
  LOST_ATTEMPT,
  /** One in ten thousand is counted and logged twice. */
  REPEATED_ATTEMPT,
  /** One in ten thousand is counted, and missing in the log that the report is made of. */
  LOST_ROW,
  /** One in ten thousand is counted once and twice in the log. */
  REPEATED_ROW;

  /** Whether it shows in one attempt in ten thousand only. */
  boolean isRare() {
    return this == LOST_ATTEMPT || this == REPEATED_ATTEMPT || this == LOST_ROW || this == REPEATED_ROW;
  }
}
