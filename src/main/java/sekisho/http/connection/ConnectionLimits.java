package sekisho.http.connection;

import java.time.Duration;

/**
 * What one connection, and one address, may take of the service.
 *
 * @param perAddress how many connections an address may have open, unless it is a trusted proxy; at
 *     least 1
 * @param idle how long a connection is kept without a request, whole seconds
 * @param request how long a request may take from its first byte to its last, whole seconds
 * @param answer how long a client may take to read what is waiting for it, whole seconds
 */
public record ConnectionLimits(int perAddress, Duration idle, Duration request, Duration answer) {}
