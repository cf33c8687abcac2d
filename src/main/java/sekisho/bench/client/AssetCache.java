package sekisho.bench.client;

import io.vertx.core.http.HttpHeaders;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;
import sekisho.bench.load.RequestKind;

/**
 * What a browser keeps of style sheets, scripts and images (RFC 9111, without heuristics): an
 * answer with {@code Cache-Control: max-age} is not asked for again while it is fresh, one with a
 * validator is asked for conditionally, {@code no-store} and everything else is asked for anew.
 */
public final class AssetCache {

  private static final Pattern MAX_AGE = Pattern.compile("max-age=(\\d{1,9})");

  private final Map<String, Entry> entries = new HashMap<>();

  /** Whether the browser would use what it has without asking. */
  public boolean isFresh(String path) {
    Entry entry = entries.get(path);
    return entry != null && entry.freshUntil - System.nanoTime() > 0;
  }

  /** A request for this path, conditional when there is something to compare with. */
  public Request request(String path, String address) {
    Request request = Request.get(RequestKind.ASSET, path, address);
    Entry entry = entries.get(path);
    if (entry != null) {
      request
          .with(HttpHeaders.IF_NONE_MATCH, entry.etag)
          .with(HttpHeaders.IF_MODIFIED_SINCE, entry.lastModified);
    }
    return request;
  }

  /**
   * Keeps what an answer allows to keep.
   *
   * @throws Problem when it is neither 200 nor the 304 that was asked for
   */
  public void store(String path, Response response) {
    boolean unchanged = response.status() == 304 && entries.containsKey(path);
    if (response.status() != 200 && !unchanged) {
      throw new Problem(Reason.ASSET, "GET " + path + ": expected 200, got " + response.status());
    }
    String etag = response.header().get(HttpHeaders.ETAG);
    String lastModified = response.header().get(HttpHeaders.LAST_MODIFIED);
    long fresh = freshSeconds(response.header().get(HttpHeaders.CACHE_CONTROL));
    Entry before = entries.remove(path);
    if (fresh >= 0) {
      entries.put(
          path,
          new Entry(
              System.nanoTime() + fresh * 1_000_000_000L,
              etag == null && unchanged ? before.etag : etag,
              lastModified == null && unchanged ? before.lastModified : lastModified));
    }
  }

  /** Seconds for which the answer may be used without asking; -1 when it may not be kept. */
  private static long freshSeconds(String cacheControl) {
    String directives = cacheControl == null ? "" : cacheControl.toLowerCase(Locale.ROOT);
    if (directives.contains("no-store")) {
      return -1;
    }
    Matcher maxAge = MAX_AGE.matcher(directives);
    return maxAge.find() && !directives.contains("no-cache") ? Long.parseLong(maxAge.group(1)) : 0;
  }

  private record Entry(long freshUntil, String etag, String lastModified) {}
}
