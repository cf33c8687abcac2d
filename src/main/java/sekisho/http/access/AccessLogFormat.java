package sekisho.http.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a line of the access log is written and read. LTSV (http://ltsv.org) has the labels that alp
 * reads ({@code method}, {@code uri}, {@code status}, {@code size}, {@code reqtime}, {@code
 * apptime}); the combined format is that of Apache and nginx, which knows no times; JSON has the
 * same fields as LTSV.
 */
public enum AccessLogFormat {
  LTSV {
    @Override
    String line(AccessLogEntry entry) {
      StringBuilder line = new StringBuilder(192);
      fields(entry).forEach((label, value) -> field(line, label, value));
      return line.toString();
    }

    private void field(StringBuilder line, String label, String value) {
      line.append(line.isEmpty() ? "" : "\t").append(label).append(':').append(escaped(value));
    }

    @Override
    Optional<AccessLogEntry> read(String line) {
      Map<String, String> fields = new HashMap<>();
      for (String field : line.split("\t")) {
        int colon = field.indexOf(':');
        if (colon > 0) {
          fields.put(field.substring(0, colon), field.substring(colon + 1));
        }
      }
      return entry(fields);
    }
  },
  COMBINED {
    @Override
    String line(AccessLogEntry entry) {
      return entry.client()
          + " - - ["
          + TIME.format(entry.at().atOffset(ZoneOffset.UTC))
          + "] \""
          + escaped(entry.method())
          + ' '
          + escaped(entry.uri())
          + " HTTP/1.1\" "
          + entry.status()
          + ' '
          + entry.size()
          + " \""
          + escaped(entry.referer())
          + "\" \""
          + escaped(entry.agent())
          + '"';
    }

    @Override
    Optional<AccessLogEntry> read(String line) {
      Matcher parts = PARTS.matcher(line);
      if (!parts.lookingAt()) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            new AccessLogEntry(
                ZonedDateTime.parse(parts.group(2), TIME).toInstant(),
                parts.group(1),
                parts.group(3),
                parts.group(4),
                Integer.parseInt(parts.group(5)),
                Long.parseLong(parts.group(6)),
                0,
                0,
                NONE,
                NONE,
                NONE));
      } catch (DateTimeException | NumberFormatException e) {
        return Optional.empty();
      }
    }
  },
  JSON {
    @Override
    String line(AccessLogEntry entry) {
      ObjectNode object = MAPPER.createObjectNode();
      fields(entry)
          .forEach(
              (label, value) -> {
                switch (label) {
                  case "status", "size" -> object.put(label, Long.parseLong(value));
                  case "reqtime", "apptime" -> object.put(label, new BigDecimal(value));
                  default -> object.put(label, value);
                }
              });
      return object.toString();
    }

    @Override
    Optional<AccessLogEntry> read(String line) {
      try {
        JsonNode object = MAPPER.readTree(line);
        Map<String, String> fields = new HashMap<>();
        object
            .fields()
            .forEachRemaining(each -> fields.put(each.getKey(), each.getValue().asText()));
        return entry(fields);
      } catch (JsonProcessingException e) {
        return Optional.empty();
      }
    }
  };

  private static final String NONE = "-";
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT);
  private static final Pattern PARTS =
      Pattern.compile("(\\S+) \\S+ \\S+ \\[([^]]+)] \"(\\S+) (\\S+) [^\"]*\" (\\d{3}) (\\d+)");

  /** The name in the configuration, such as {@code ltsv}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Writes an entry, without a line's end. */
  abstract String line(AccessLogEntry entry);

  /** Reads a line of this format. */
  abstract Optional<AccessLogEntry> read(String line);

  /**
   * Reads a line of any of the formats.
   *
   * @return empty for a line of none, such as one of the service's own log
   */
  public static Optional<AccessLogEntry> readAny(String line) {
    AccessLogFormat format =
        line.startsWith("{") ? JSON : line.startsWith("time:") ? LTSV : COMBINED;
    return format.read(line);
  }

  private static Map<String, String> fields(AccessLogEntry entry) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("time", entry.at().toString());
    fields.put("host", entry.client());
    fields.put("method", entry.method());
    fields.put("uri", entry.uri());
    fields.put("status", Integer.toString(entry.status()));
    fields.put("size", Long.toString(entry.size()));
    fields.put("reqtime", seconds(entry.requestNanos()));
    fields.put("apptime", seconds(entry.storeNanos()));
    fields.put("outcome", entry.outcome());
    return fields;
  }

  private static Optional<AccessLogEntry> entry(Map<String, String> fields) {
    try {
      return Optional.of(
          new AccessLogEntry(
              Instant.parse(fields.getOrDefault("time", "")),
              fields.getOrDefault("host", NONE),
              fields.getOrDefault("method", NONE),
              fields.getOrDefault("uri", NONE),
              Integer.parseInt(fields.getOrDefault("status", "")),
              Long.parseLong(fields.getOrDefault("size", "0")),
              nanos(fields.get("reqtime")),
              nanos(fields.get("apptime")),
              fields.getOrDefault("outcome", NONE),
              NONE,
              NONE));
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** In seconds with six decimals. */
  private static String seconds(long nanos) {
    long micros = nanos / 1000;
    StringBuilder text = new StringBuilder(Long.toString(micros / 1_000_000)).append('.');
    String rest = Long.toString(micros % 1_000_000);
    return text.append("000000", 0, 6 - rest.length()).append(rest).toString();
  }

  private static long nanos(@Nullable String seconds) {
    return seconds == null ? 0 : Math.round(Double.parseDouble(seconds) * 1e9);
  }

  /** What would end a field, a quoted text or the line, as nginx writes it. */
  private static String escaped(String text) {
    StringBuilder escaped = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= ' ' && c < 0x7f && c != '"' && c != '\\';
      if (!plain && escaped == null) {
        escaped = new StringBuilder(text.substring(0, i));
      }
      if (escaped != null) {
        if (plain) {
          escaped.append(c);
        } else {
          escaped.append(String.format(Locale.ROOT, c < 256 ? "\\x%02X" : "\\u%04X", (int) c));
        }
      }
    }
    return escaped == null ? text : escaped.toString();
  }
}
