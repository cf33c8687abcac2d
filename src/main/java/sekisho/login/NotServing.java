package sekisho.login;

/**
 * Why attempts get no answers.
 *
 * @param reason one line for an operator
 * @param since when that began, by {@link System#nanoTime}; an earlier moment than that of the
 *     reason, when it is the second in a row
 */
public record NotServing(String reason, long since) {}
