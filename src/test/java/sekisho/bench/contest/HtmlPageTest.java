package sekisho.bench.contest;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.bench.client.HtmlText;

class HtmlPageTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "<p id=\"n\">You're banned.</p>~You're banned.",
        "<p id='n'>You&#39;re &#x62;anned.</p>~You're banned.",
        "<P ID=n class=x>You&apos;re <b>banned</b>.</P>~You're banned.",
        "<div id=n><div>a</div> b</div><div>c</div>~a b",
        "<!-- <p id=n>no</p> --><p id=n>yes</p>~yes",
        "<style>p > a { } <p id=n>no</p></style><p id=n>yes</p>~yes",
        "<script>'<p id=n>no</p>'</script><p id=n>yes<script>no</script></p>~yes",
        "<p id=n>a<!-- no -->b</p>~ab",
        "<p title='>' id=n>a &amp;lt; b</p>~a &lt; b",
        "<p/id=n>5 < 6</p>~5 < 6",
        "<p id=n>open~open"
      })
  void readsTheTextOfAnElement(String html, String text) {
    assertThat(HtmlPage.parse(html).textOf("n")).isEqualTo(text);
  }

  @Test
  void tellsNoElementFromAnEmptyOne() {
    assertThat(HtmlPage.parse("<p id=n> </p>").textOf("n")).isEmpty();
    assertThat(HtmlPage.parse("<p id=m></p>").textOf("n")).isNull();
  }

  @Test
  void escapesWhateverEndsTextOrAnAttribute() {
    assertThat(HtmlText.escape("<a b='c' d=\"e\"> &amp;"))
        .isEqualTo("&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt; &amp;amp;");
  }

  @Test
  void readsAttributes() {
    HtmlPage.Tag tag =
        HtmlPage.parse("<input name = login  required TYPE='a\"b' value=x/>").tags().get(0);
    assertThat(tag.name()).isEqualTo("input");
    assertThat(tag.attribute("name")).isEqualTo("login");
    assertThat(tag.attribute("required")).isEmpty();
    assertThat(tag.attribute("type")).isEqualTo("a\"b");
    assertThat(tag.attribute("id")).isNull();
  }

  @Property(tries = 500)
  void readsBackWhateverWasEscaped(
      @ForAll @StringLength(max = 30) @CharRange(from = ' ', to = '~') String text) {
    String html =
        "<p id=\"n\" title=\"" + HtmlText.escape(text) + "\">" + HtmlText.escape(text) + "</p>";
    HtmlPage page = HtmlPage.parse(html);
    assertThat(page.textOf("n")).isEqualTo(text.strip());
    assertThat(page.tags().get(0).attribute("title")).isEqualTo(text);
  }

  @Property(tries = 2_000)
  void endsOnAnyInput(@ForAll("soup") String html) {
    HtmlPage page = HtmlPage.parse(html);
    page.text();
    page.textOf("n");
    PageChecks.assets(page);
  }

  @Provide
  Arbitrary<String> soup() {
    return Arbitraries.of(
            "<",
            ">",
            "/",
            "=",
            "\"",
            "'",
            "<p id=n>",
            "</p>",
            "<!--",
            "-->",
            "<!",
            "&",
            ";",
            "&#",
            "x",
            " ",
            "<style>",
            "</style",
            "<img src=",
            "<link rel=stylesheet href=")
        .list()
        .ofMaxSize(15)
        .map(parts -> String.join("", parts));
  }
}
