package sekisho.redis.location;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sekisho.net.HostPort;

/** The primary that Redis Sentinels watch under a name, as {@code SENTINEL MASTER} tells. */
public final class SentinelLocation implements RedisLocation {

  private final NameServiceUrl url;
  private final NameServers sentinels;

  /**
   * @param template how to connect to any server, but for its URL
   * @param url of the Sentinels
   */
  public SentinelLocation(RedisOptions template, NameServiceUrl url) {
    this.url = url;
    this.sentinels = new NameServers(template, url);
  }

  @Override
  public Future<RedisOptions> find(Vertx vertx) {
    return sentinels.ask(vertx, url.servers(), new Question(url.master()), name());
  }

  @Override
  public boolean canMove() {
    return true;
  }

  @Override
  public String name() {
    return "the primary '" + url.master() + "' of the Sentinels " + url;
  }

  private record Question(String master) implements NameServers.Question {

    @Override
    public List<Request> commands() {
      return List.of(Request.cmd(Command.SENTINEL).arg("MASTER").arg(master));
    }

    @Override
    public Optional<NameServers.Primary> read(String server, List<Response> replies) {
      Response pairs = replies.get(0);
      Map<String, String> fields = new HashMap<>();
      for (int i = 0; i + 1 < pairs.size(); i += 2) {
        fields.put(pairs.get(i).toString(), pairs.get(i + 1).toString());
      }
      String host = fields.getOrDefault("ip", "");
      return host.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new NameServers.Primary(
                  HostPort.text(host, fields.getOrDefault("port", "")),
                  Long.parseLong(fields.getOrDefault("config-epoch", "0"))));
    }
  }
}
