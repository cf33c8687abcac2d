package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import sekisho.testing.Browser;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;
import sekisho.testing.Until;

/**
 * The pages as a person sees and uses them, in a headless Chromium. Skipped where there is none, or
 * no driver for it, on the PATH. Screenshots are in {@code target/pages}.
 */
class BrowserIT {

  @RegisterExtension
  static final ServiceUnderTest SERVICE =
      ServiceUnderTest.with("SEKISHO_CONTACT", "Ask the guard: +81 3 0000 0000");

  private static final Path PICTURES = Path.of("target", "pages");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static ChromeDriver chrome;

  @BeforeAll
  static void startChromium() throws IOException {
    Optional<Path> driver = onPath("chromedriver");
    Optional<Path> browser = onPath("chromium", "chromium-browser", "google-chrome");
    assumeTrue(
        driver.isPresent() && browser.isPresent(), "no chromium and chromedriver on the PATH");
    // It looks for a library of each version of Chromium's own protocol, of which none is needed.
    Logger.getLogger("org.openqa.selenium").setLevel(Level.SEVERE);
    Files.createDirectories(PICTURES);
    chrome = start(browser.get(), driver.get());
  }

  @AfterAll
  static void stopChromium() {
    if (chrome != null) {
      chrome.quit();
    }
  }

  private static ChromeDriver start(Path browser, Path driver, String... more) {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(browser.toString());
    options.addArguments("--headless=new", "--no-sandbox", "--hide-scrollbars");
    options.addArguments(more);
    ChromeDriver started =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile()).build(),
            options);
    started.manage().timeouts().implicitlyWait(PATIENCE);
    return started;
  }

  private static Optional<Path> onPath(String... names) {
    List<String> directories = Arrays.asList(System.getenv("PATH").split(File.pathSeparator));
    return Arrays.stream(names)
        .flatMap(name -> directories.stream().map(directory -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static void open(ChromeDriver driver, String path) {
    driver.get("http://127.0.0.1:" + SERVICE.port() + path);
  }

  private static void login(ChromeDriver driver, String name, String password) {
    open(driver, "/");
    type(driver, name, password);
    WebElement button = driver.findElement(By.cssSelector("button"));
    button.click();
    awaitGone(button);
  }

  private static void type(ChromeDriver driver, String name, String password) {
    driver.findElement(By.name("login")).clear();
    driver.findElement(By.name("login")).sendKeys(name);
    driver.findElement(By.name("password")).sendKeys(password);
  }

  private static void awaitGone(WebElement old) {
    Until.isTrue(
        "another page is shown",
        () -> {
          try {
            old.isEnabled();
            return false;
          } catch (WebDriverException e) {
            return true; // The driver has several words for an element of a page that is gone.
          }
        });
  }

  private static String notice(ChromeDriver driver) {
    return driver.findElement(By.id("notice-message")).getText();
  }

  private static void resize(int width, int height) {
    chrome.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  private static void media(String feature, String value) {
    chrome.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", feature, "value", value))));
  }

  private static void picture(String name) {
    try {
      Files.write(PICTURES.resolve(name + ".png"), chrome.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(String script) {
    return ((Number) Objects.requireNonNull(chrome.executeScript("return " + script))).longValue();
  }

  private static long top(String selector) {
    return number(
        "Math.round(document.querySelector('" + selector + "').getBoundingClientRect().top)");
  }

  /** What axe-core finds, a line each. */
  @SuppressWarnings("unchecked")
  private static List<String> violations() {
    try (InputStream axe = BrowserIT.class.getResourceAsStream("/axe.min.js")) {
      chrome.executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return (List<String>)
        chrome.executeAsyncScript(
            "const done = arguments[0]; axe.run().then(r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n =>"
                + " n.html).join(' '))))");
  }

  /** Opens each kind of page in turn, and lets it be looked at. */
  private static void eachPage(TestUser user, Function<String, Runnable> look) {
    chrome.manage().deleteAllCookies();
    open(chrome, "/");
    look.apply("home").run();
    login(chrome, "nobody", "x");
    look.apply("notice").run();
    open(chrome, "/nothing");
    look.apply("error").run();
    login(chrome, user.login(), user.password());
    look.apply("member").run();
    chrome.manage().deleteAllCookies();
  }

  @ParameterizedTest
  @CsvSource({"2560, 1440", "1440, 900", "844, 390", "640, 400", "390, 844", "280, 653"})
  void headingAndFormKeepTheirPlaceInEveryWindow(int width, int height) {
    resize(width, height);
    TestUser user = SERVICE.newUser();
    open(chrome, "/");
    long heading = top("h1");
    long form = top("form");
    assertThat(number("document.querySelector('button').getBoundingClientRect().bottom"))
        .as("the button is above the fold")
        .isLessThanOrEqualTo(height);
    eachPage(
        user,
        page ->
            () -> {
              picture(page + "-" + width + "x" + height);
              assertThat(top("h1")).as("heading of %s", page).isEqualTo(heading);
              assertThat(number("document.documentElement.scrollWidth"))
                  .as("width of %s", page)
                  .isLessThanOrEqualTo(width);
              if (page.equals("notice") && width > 400) {
                assertThat(top("form")).isEqualTo(form);
              }
            });
    if (height >= 900) {
      assertThat(heading).as("the heading is in the upper half").isLessThan(height / 2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void axeFindsNothing(String scheme) {
    resize(1440, 900);
    media("prefers-color-scheme", scheme);
    eachPage(
        SERVICE.newUser(),
        page ->
            () -> {
              picture(page + "-" + scheme);
              assertThat(violations()).as("%s, %s", page, scheme).isEmpty();
            });
    media("prefers-color-scheme", "");
  }

  @Test
  void paperAndFieldsHaveBordersInForcedColours() {
    resize(1440, 900);
    media("forced-colors", "active");
    open(chrome, "/");
    picture("home-forced-colors");
    for (String selector : List.of(".paper", "input", "button")) {
      assertThat(
              number(
                  "parseFloat(getComputedStyle(document.querySelector('"
                      + selector
                      + "')).borderTopWidth)"))
          .as(selector)
          .isEqualTo(2);
    }
    media("forced-colors", "none");
  }

  @Test
  void theNoticeIsToldInTitleAndFormAndALockWhomToAsk() {
    TestUser user = SERVICE.newUser();
    for (int i = 0; i < 3; i++) {
      login(chrome, user.login(), "x");
      assertThat(notice(chrome)).isEqualTo("Wrong username or password");
    }
    assertThat(chrome.getTitle()).startsWith("Wrong username or password");
    assertThat(chrome.switchTo().activeElement().getDomAttribute("name")).isEqualTo("login");
    assertThat(chrome.findElement(By.name("login")).getDomAttribute("aria-invalid"))
        .isEqualTo("true");
    login(chrome, user.login(), user.password());
    assertThat(notice(chrome)).isEqualTo("This account is locked.");
    assertThat(chrome.findElement(By.tagName("main")).getText()).contains("Ask the guard");
  }

  @Test
  void threeImpatientClicksAreOneAttempt() {
    TestUser user = SERVICE.newUser();
    open(chrome, "/");
    type(chrome, user.login(), "typed wrong");
    WebElement button = chrome.findElement(By.cssSelector("button"));
    chrome.executeCdpCommand(
        "Network.emulateNetworkConditions",
        Map.of(
            "offline", false, "latency", 1000, "downloadThroughput", -1, "uploadThroughput", -1));
    try {
      chrome.executeScript("for (let i = 0; i < 3; i++) arguments[0].click()", button);
      awaitGone(button);
    } finally {
      chrome.executeCdpCommand(
          "Network.emulateNetworkConditions",
          Map.of("offline", false, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }
    assertThat(notice(chrome)).isEqualTo("Wrong username or password");
    assertThat(
            SERVICE
                .redis()
                .send(
                    "HGET",
                    SERVICE.settings().redis().keyPrefix() + "failures:user",
                    Long.toString(user.id()))
                .toString())
        .isEqualTo("1");
    assertThat(chrome.findElement(By.cssSelector("button")).isEnabled()).isTrue();
    login(chrome, user.login(), user.password());
    assertThat(chrome.getCurrentUrl()).endsWith("/mypage");
    chrome.manage().deleteAllCookies();
  }

  @Test
  void theBackButtonShowsNoMemberPageAfterLogout() {
    TestUser user = SERVICE.newUser();
    login(chrome, user.login(), user.password());
    assertThat(chrome.findElement(By.tagName("h1")).getText()).contains(user.login());
    WebElement button = chrome.findElement(By.cssSelector("button"));
    button.click();
    awaitGone(button);
    assertThat(notice(chrome)).isEqualTo("You are logged out");
    chrome.navigate().back();
    Until.isTrue(
        "the login page is shown",
        () -> chrome.findElement(By.tagName("h1")).getText().equals("Log in"));
  }

  @Test
  void everythingWorksWithoutScript() {
    TestUser user = SERVICE.newUser();
    ChromeDriver plain =
        start(
            onPath("chromium", "chromium-browser", "google-chrome").orElseThrow(),
            onPath("chromedriver").orElseThrow(),
            "--blink-settings=scriptEnabled=false");
    try {
      login(plain, user.login(), "x");
      assertThat(notice(plain)).isEqualTo("Wrong username or password");
      login(plain, user.login(), user.password());
      assertThat(plain.getCurrentUrl()).endsWith("/mypage");
    } finally {
      plain.quit();
    }
  }

  /** Attempts of all kinds, of an attacker that is banned and a user who is locked in the end. */
  private static void attack(Browser attacker, TestUser victim, TestUser user, int round) {
    attacker.login("nobody" + round, "x");
    if (round < 3) {
      attacker.login(victim.login(), "x");
    }
    try (Browser other = SERVICE.browser()) {
      other.login(user);
      other.login("somebody", "x");
    }
  }

  @Test
  void theLiveViewShowsAnAttackInEveryWindow() {
    resize(1200, 600);
    TestUser victim = SERVICE.newUser();
    TestUser user = SERVICE.newUser();
    chrome.get("http://127.0.0.1:" + SERVICE.managementPort() + "/live");
    try (Browser attacker = new Browser(SERVICE.port(), "203.0.113.99")) {
      int[] round = {0};
      Until.isTrue(
          "a ban, a lock and some seconds are shown",
          () -> {
            attack(attacker, victim, user, round[0]++);
            return number("document.querySelectorAll('#chart rect').length") > 20
                && text("ban-list").contains("203.0.113.99")
                && text("lock-list").contains(victim.login());
          });
    }
    assertThat(text("state")).startsWith("serving, ");
    assertThat(text("call")).contains(" / ");
    for (String scheme : List.of("light", "dark")) {
      media("prefers-color-scheme", scheme);
      picture("live-" + scheme);
      assertThat(violations()).as("live view, %s", scheme).isEmpty();
    }
    media("prefers-color-scheme", "");
    resize(390, 844);
    picture("live-390x844");
    assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(390);
    assertThat(violations()).as("live view on a phone").isEmpty();
    chrome.executeCdpCommand(
        "Network.emulateNetworkConditions",
        Map.of("offline", true, "latency", 0, "downloadThroughput", 0, "uploadThroughput", 0));
    try {
      chrome.executeScript("events.close()");
      Until.isTrue("it says that it is stale", () -> text("state").startsWith("stale: "));
    } finally {
      chrome.executeCdpCommand(
          "Network.emulateNetworkConditions",
          Map.of("offline", false, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }
    open(chrome, "/");
  }

  private static String text(String id) {
    return String.valueOf(
        chrome.executeScript("return document.getElementById('" + id + "').textContent"));
  }
}
