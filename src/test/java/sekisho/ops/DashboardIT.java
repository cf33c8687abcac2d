package sekisho.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import sekisho.testing.Browser;
import sekisho.testing.ServiceHome;
import sekisho.testing.SmallStores;
import sekisho.testing.TestServers;
import sekisho.testing.history.HistoryLoad;

/**
 * Draws the dashboard's panels from a run, as there is no Grafana: each query is put to a real
 * Prometheus, and the page is {@code target/pages/dashboard.html}. For {@code make pictures}.
 */
@EnabledIfSystemProperty(named = "sekisho.pictures", matches = "true")
class DashboardIT {

  private static final int USERS = 5_000;
  private static final Duration CALM = Duration.ofSeconds(20);
  private static final Duration ATTACK = Duration.ofSeconds(40);
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/uPlot.";
  private final ObjectMapper mapper = new ObjectMapper();

  @TempDir Path directory;

  @Test
  void showsAnAttack() throws Exception {
    try (ServiceHome home =
            new ServiceHome().with(SmallStores.withUsers(TestServers.shared(), USERS));
        HistoryLoad few = new HistoryLoad(SmallStores.users(USERS), 1, 1);
        HistoryLoad many = new HistoryLoad(SmallStores.users(USERS), 2, 2)) {
      home.startReady("serve");
      int port = ServiceHome.freePort();
      Process prometheus = prometheus(home.managementPort(), port);
      try {
        long begin = System.currentTimeMillis() / 1000 + 4;
        few.start(1, home.port());
        LockSupport.parkNanos(CALM.toNanos());
        many.start(12, home.port());
        LockSupport.parkNanos(ATTACK.toNanos());
        many.stop();
        LockSupport.parkNanos(CALM.toNanos());
        long end = System.currentTimeMillis() / 1000;
        ArrayNode panels = panels(port, begin, end);
        assertThat(panels).allMatch(panel -> !panel.get("series").isEmpty());
        write(panels);
      } finally {
        prometheus.destroy();
        prometheus.waitFor(20, TimeUnit.SECONDS);
      }
    }
  }

  private Process prometheus(int target, int port) throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            """
            global: {scrape_interval: 1s}
            scrape_configs:
              - job_name: sekisho
                static_configs: [{targets: ["127.0.0.1:%d"]}]
            """
                .formatted(target));
    return new ProcessBuilder(
            "prometheus",
            "--config.file=" + config,
            "--storage.tsdb.path=" + directory.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }

  private ArrayNode panels(int port, long begin, long end) throws IOException {
    ArrayNode panels = mapper.createArrayNode();
    JsonNode dashboard = mapper.readTree(Path.of("conf/grafana-dashboard.json").toFile());
    for (JsonNode panel : dashboard.get("panels")) {
      ObjectNode drawn = panels.addObject();
      drawn.set("title", panel.get("title"));
      drawn.set("type", panel.get("type"));
      drawn.set("at", panel.get("gridPos"));
      drawn.set("unit", panel.at("/fieldConfig/defaults/unit"));
      ArrayNode series = drawn.putArray("series");
      for (JsonNode target : panel.get("targets")) {
        String query =
            target
                .get("expr")
                .asText()
                .replace("$__rate_interval", "5s")
                .replace("$instance", ".*");
        JsonNode answer =
            mapper.readTree(
                URI.create(
                        "http://127.0.0.1:"
                            + port
                            + "/api/v1/query_range?query="
                            + Browser.encoded(query)
                            + "&step=1&start="
                            + begin
                            + "&end="
                            + end)
                    .toURL());
        assertThat(answer.get("status").asText()).as(query + ": " + answer).isEqualTo("success");
        for (JsonNode found : answer.at("/data/result")) {
          ObjectNode one = series.addObject();
          String name = target.get("legendFormat").asText();
          for (Map.Entry<String, JsonNode> label : found.get("metric").properties()) {
            name = name.replace("{{" + label.getKey() + "}}", label.getValue().asText());
          }
          one.put("name", name);
          one.set("values", found.get("values"));
        }
      }
      if (series.isEmpty() && panel.get("title").asText().equals("Refused")) {
        // Nothing was refused.
        series.addObject().put("name", "nothing").putArray("values");
      }
    }
    return panels;
  }

  private static String resource(String kind) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(DashboardIT.class.getResourceAsStream(UPLOT + kind))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void write(ArrayNode panels) throws IOException {
    String page =
        """
        <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Sekisho</title><style>%s
        body{font:13px sans-serif;background:#f4f5f5;margin:8px;color:#24292e}
        #board{display:grid;grid-template-columns:repeat(24,1fr);grid-auto-rows:30px;gap:6px}
        .panel{background:#fff;border:1px solid #ddd;border-radius:3px;padding:6px;overflow:hidden}
        h2{font-size:13px;margin:0 0 4px}.stat{font-size:34px;text-align:center;line-height:70px;color:#1a7f37}
        .u-legend{font-size:11px;text-align:left}.u-legend .u-value{display:none}.u-legend th::after{display:none}
        </style><div id="board"></div><script>%s</script><script>
        const panels = %s;
        const colours = ['#3274d9','#e0b400','#e02f44','#37872d','#8f3bb8','#fa6400','#1f9c9c','#705da0'];
        const si = v => v == null ? '' : v >= 1e9 ? (v/1e9).toFixed(1)+'G' : v >= 1e6 ? (v/1e6).toFixed(1)+'M' : v >= 1e3 ? (v/1e3).toFixed(1)+'k' : +v.toPrecision(3)+'';
        const format = unit => v => v == null ? '' : unit === 's' ? (v < 1 ? +(v*1e3).toPrecision(3)+' ms' : +v.toPrecision(3)+' s') : unit === 'percentunit' ? +(v*100).toPrecision(3)+' %%' : unit === 'bytes' ? si(v)+'B' : si(v);
        for (const p of panels) {
          const box = document.createElement('div'); box.className = 'panel';
          box.style.gridColumn = (p.at.x+1)+' / span '+p.at.w; box.style.gridRow = (p.at.y+1)+' / span '+p.at.h;
          box.innerHTML = '<h2></h2>'; box.firstChild.textContent = p.title; document.getElementById('board').append(box);
          if (p.type === 'stat') {
            const s = document.createElement('div'); s.className = 'stat';
            s.textContent = p.series.map(x => si(+x.values.at(-1)[1])).join(' / '); box.append(s); continue;
          }
          const times = [...new Set(p.series.flatMap(s => s.values.map(v => v[0])))].sort((a,b) => a-b);
          const data = [times, ...p.series.map(s => { const m = new Map(s.values); return times.map(t => m.has(t) && !isNaN(m.get(t)) ? +m.get(t) : null); })];
          new uPlot({width: box.clientWidth-4, height: p.at.h*36-90, cursor: {show:false}, scales: {y: {range: (u,a,b) => [0, b > 0 ? b*1.1 : 1]}},
            series: [{}, ...p.series.map((s,i) => ({label: s.name, stroke: colours[i %% colours.length], width: 1.5, points: {show:false}}))],
            axes: [{size: 30}, {size: 74, values: (u, vs) => vs.map(format(p.unit))}]}, data, box);
        }
        </script></html>
        """
            .formatted(resource("min.css"), resource("iife.min.js"), panels);
    Files.createDirectories(Path.of("target/pages"));
    Files.writeString(Path.of("target/pages/dashboard.html"), page);
  }
}
