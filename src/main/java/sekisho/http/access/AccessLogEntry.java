package sekisho.http.access;

import java.time.Instant;

/**
 * A request and its answer.
 *
 * @param at when the answer was written
 * @param client the client's full address; {@code -} where it is not known
 * @param method as it was sent
 * @param uri the path as it was sent, without a query: somebody may have typed a password there
 * @param status the status of the answer
 * @param size the length of the answer's body in bytes
 * @param requestNanos from the first byte read to the last byte written
 * @param storeNanos how long the store took; 0 where it was not asked
 * @param outcome of an attempt, see {@link sekisho.login.Outcome#label}; {@code -} for other
 *     requests
 * @param referer the header; {@code -} without one, and in formats that do not have it
 * @param agent the header User-Agent; the same
 */
public record AccessLogEntry(
    Instant at,
    String client,
    String method,
    String uri,
    int status,
    long size,
    long requestNanos,
    long storeNanos,
    String outcome,
    String referer,
    String agent) {}
