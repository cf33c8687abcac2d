package sekisho.stores;

import java.util.List;

/**
 * Login names that are easily confused, cut, converted or escaped wrongly on the way into a
 * database and back.
 */
final class HostileNames {

  /** No two of them are the same user. */
  static final List<String> ALL =
      List.of(
          // Four bytes, three, two; what a client or a column of fewer bytes turns into question
          // marks.
          "日本",
          "東京",
          "関所の番人",
          "😀",
          "👩‍👩‍👧‍👦",
          "𠮷野家",
          "\udbff\udfff",
          "\uffff",
          "ñandú",
          "Ωμέγα",
          "ﬀ",
          "ﷺ",
          "¥",
          "‾",
          // Equal for one collation or another.
          "e\u0301",
          "\u00e9",
          "e",
          "E",
          "A",
          "a",
          "a ",
          "a  ",
          " a",
          "a\u3000",
          "a\u200b",
          "\u0430",
          "ａ",
          "ß",
          "ss",
          "SS",
          "ẞ",
          "I",
          "i",
          "ı",
          "İ",
          "ǆ",
          "ǅ",
          "\u1e9b\u0323",
          "\ufb01",
          "fi",
          "か",
          "カ",
          "が",
          "か\u3099",
          // Separators, escapes and quotes of SQL, JSON, the queue and the file.
          "O'Brien\"; DROP TABLE users; --",
          "\\",
          "\\\\",
          "\\N",
          "\\n",
          "\\'",
          "\\t",
          "'",
          "''",
          "\"",
          "`",
          "--",
          "/*",
          "%",
          "_",
          "tab\there",
          "\ttab",
          "tab\t",
          "\n",
          "x\r\ny",
          "\r",
          "\u0001\u001f\u007f",
          "\u0085\u2028\ufeff",
          "\u001a",
          "[]",
          "[[1",
          "{}",
          "\\u0041",
          "&amp;",
          "</h1>",
          "?",
          "??",
          "\ufffd",
          // What is taken for something else than text.
          "",
          " ",
          "NULL",
          "null",
          "true",
          "0",
          "00",
          "0.0",
          "1e0",
          "-0",
          "*",
          // The longest.
          "x".repeat(255),
          "😀".repeat(255),
          "\u0301".repeat(255),
          "本".repeat(255),
          "\\".repeat(255),
          "'".repeat(255),
          "\t".repeat(255));

  private HostileNames() {}
}
