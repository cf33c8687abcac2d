package sekisho.http;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import sekisho.http.connection.ConnectionLimits;
import sekisho.http.session.SessionKey;
import sekisho.net.CidrSet;

/**
 * Settings of the public listener.
 *
 * @param host the address to listen on
 * @param port the port, 0 for any free one; empty for no TCP listener
 * @param socket the path of the Unix socket, which is listened on already; empty for none
 * @param proxyProtocol whether connections begin with a PROXY header
 * @param limits of one connection and one address
 * @param trustedProxies whose {@code X-Forwarded-For} is believed
 * @param ipv6Prefix leading bits of an IPv6 address by which a client is counted, 1 to 128
 * @param sessionKeys the keys of session cookies, at least one; the first one signs
 * @param sessionLifetime how long a session lasts
 * @param secure whether cookies are for HTTPS only
 * @param zone the time zone of the member page
 * @param reportAllow the clients that may read the report
 * @param reportTimeout how long a report may take
 */
public record HttpOptions(
    String host,
    OptionalInt port,
    Optional<Path> socket,
    boolean proxyProtocol,
    ConnectionLimits limits,
    CidrSet trustedProxies,
    int ipv6Prefix,
    List<SessionKey> sessionKeys,
    Duration sessionLifetime,
    boolean secure,
    ZoneId zone,
    CidrSet reportAllow,
    Duration reportTimeout) {}
