package io.github.xrayd.sandbox;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Debian's Chromium without a screen. Every look at the page waits, up to a deadline, until it is as expected. */
final class Browser implements AutoCloseable {
    private static final String CONTRAST =
            """
            const parse = text => {
              const numbers = text.match(/[\\d.]+/g).map(Number);
              return text.startsWith('color(') ? [...numbers.slice(0, 3).map(n => n * 255), numbers[3] ?? 1] : [...numbers.slice(0, 3), numbers[3] ?? 1];
            };
            const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
              .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const behind = element => {
              for (let e = element; e; e = e.parentElement) {
                const colour = parse(getComputedStyle(e).backgroundColor);
                if (colour[3] > 0.99) {
                  return colour;
                }
              }
              return [255, 255, 255, 1];
            };
            const found = [];
            for (const element of document.querySelectorAll('body *')) {
              const hasText = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '');
              if (!hasText || !element.checkVisibility() || element.closest('svg, dialog, .visually-hidden, :disabled')) {
                continue;
              }
              const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
              const ratio = (a + 0.05) / (b + 0.05);
              if (ratio < 4.5) {
                found.push(`${element.className} ${element.textContent.slice(0, 30)}: ${ratio.toFixed(2)}`);
              }
            }
            return found;
            """;

    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final List<String> CHROMIUM = List.of("/usr/bin/chromium", "/usr/bin/chromium-browser");
    private static final List<String> DRIVER =
            List.of("/usr/bin/chromedriver", "/usr/lib/chromium-browser/chromedriver");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts a browser; ends the test as skipped, and says so, where there is none. */
    static Browser start() {
        String chromium = first(CHROMIUM);
        String chromedriver = first(DRIVER);
        Assumptions.assumeTrue(
                !chromium.isEmpty() && !chromedriver.isEmpty(),
                "The page is not tested: install Debian's packages chromium and chromium-driver");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, java.util.logging.Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium);
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(chromedriver))
                .usingAnyFreePort()
                .build();
        return new Browser(new ChromeDriver(service, options));
    }

    private static String first(List<String> paths) {
        return paths.stream()
                .filter(path -> new File(path).canExecute())
                .findFirst()
                .orElse("");
    }

    /** Opens a view in a fresh page of this size. */
    void open(Sandbox sandbox, String hash, int width, int height) {
        size(width, height);
        driver.get("about:blank");
        driver.get(sandbox.endpoint() + "/#/" + hash);
    }

    void size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    void dark(boolean isDark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
    }

    Object js(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** Waits until something is so. */
    void await(String what, Supplier<Boolean> condition) {
        new WebDriverWait(driver, TIMEOUT, Duration.ofMillis(20))
                .withMessage(() -> what + " at " + driver.getCurrentUrl() + ", the page shows: "
                        + text("main").lines().limit(20).toList())
                .ignoreAll(List.of(StaleElementReferenceException.class, NoSuchElementException.class))
                .until(ignored -> condition.get());
    }

    void awaitText(String selector, String part) {
        await(selector + " with " + part, () -> text(selector).contains(part));
    }

    /** What an element shows, or nothing when it is not there. */
    String text(String selector) {
        Object text = js(
                "const e = document.querySelector(arguments[0]); return e?.innerText ?? e?.textContent ?? ''",
                selector);
        return String.valueOf(text);
    }

    int count(String selector) {
        return ((Number) js("return document.querySelectorAll(arguments[0]).length", selector)).intValue();
    }

    void awaitCount(String selector, int count) {
        await(count + " of " + selector, () -> count(selector) == count);
    }

    WebElement element(String selector) {
        await("There is no " + selector, () -> count(selector) > 0);
        return driver.findElement(By.cssSelector(selector));
    }

    void click(String selector) {
        await("Cannot click " + selector, () -> {
            driver.findElement(By.cssSelector(selector)).click();
            return true;
        });
    }

    /** Types into whatever has the focus. */
    void keys(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /** Replaces the text of an input. */
    void enter(String selector, String text) {
        element(selector).sendKeys(Keys.chord(Keys.CONTROL, "a"), text, Keys.ENTER);
    }

    void drag(String selector, int fromX, int toX) {
        new Actions(driver)
                .moveToElement(element(selector), fromX, 0)
                .clickAndHold()
                .moveByOffset(toX - fromX, 0)
                .release()
                .perform();
    }

    String hash() {
        return String.valueOf(js("return decodeURIComponent(location.hash.replaceAll('+', ' '))"));
    }

    /** The texts whose contrast is below WCAG's AA, with their ratio. */
    Object lowContrasts() {
        return js(CONTRAST);
    }

    /** What the browser complained about since the last call; violations of the page's policy are among it. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
